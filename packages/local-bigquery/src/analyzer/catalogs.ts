import { createHash } from "node:crypto";
import type { Column, SqlType } from "../types/types.ts";
import type { MessageInit, Service } from "./engine.ts";
import { type CatalogFunction, functionProto } from "./functions.ts";
import type { Lane } from "./lane.ts";
import { nullValue, typeProto } from "./protos.ts";

/** A table as the analyzer knows it. */
export interface CatalogTable {
  /** The table's own path, such as ["dataset", "table"]; it comes back as the `fullName` of a TableRef, joined by dots. */
  readonly path: readonly string[];
  readonly columns: readonly Column[];
  /** A further name path that means it, for statements whose names extractTableNames does not list (ALTER TABLE). */
  readonly spelled?: readonly string[];
  /** Columns that a statement may name but `*` does not show, such as _PARTITIONTIME. */
  readonly pseudoColumns?: readonly Column[];
}

/** A table under a name path as a statement spells it; a backticked `p.d.t` is one name with dots. */
export interface NamedTable {
  readonly spelled: readonly string[];
  readonly table: CatalogTable;
}

/** What a statement may name: exactly this, of all that registered catalogs hold. */
export interface CatalogNeed {
  readonly tables: readonly NamedTable[];
  readonly constants: ReadonlyMap<string, SqlType>;
  readonly functions: readonly CatalogFunction[];
  /** The statement and the functions' bodies: whatever else a catalog holds must not be named in them. */
  readonly texts: readonly string[];
  /** Built-in functions that the texts do not name either, for messages that suggest one. */
  readonly allBuiltins?: boolean;
}

/** Signature ids of the built-in functions, by the function's name, parts joined by dots. */
export type Builtins = ReadonlyMap<string, readonly number[]>;

/** A registered catalog; tables and constants by the path of their name, with all that makes them what they are. */
interface Registered {
  readonly id: Promise<bigint>;
  readonly generation: number;
  readonly functions: string;
  /** Names of the built-in functions it has; undefined: all. */
  readonly builtins: ReadonlySet<string> | undefined;
  readonly names: ReadonlyMap<string, Named>;
}

interface Named {
  readonly path: readonly string[];
  readonly content: string;
  readonly item: NamedTable | readonly [name: string, type: SqlType];
}

const CAPACITY = 32;
const MOST_EXPECTED = 24;
/** More than these in one catalog cost more to register than the built-in functions do. */
const MOST_NAMES = 48;

/**
 * Registering a catalog costs 20 to 50 ms, half of it the built-in functions, which cannot be shared between catalogs.
 * So a catalog has only the operators and the functions that its statements name. Registered catalogs are kept, the
 * least recently used one leaving; a statement takes any that has what it needs and nothing else that it names; and a
 * new one also holds what was created since, which will be read, and what the last one held.
 */
export class Catalogs {
  readonly #service: Service;
  readonly #lane: Lane;
  readonly #language: MessageInit;
  readonly #builtins: () => Promise<Builtins>;
  /** The most recently used last. */
  #known: Registered[] = [];
  #expected: NamedTable[] = [];

  constructor(
    service: Service,
    lane: Lane,
    { language, builtins }: { language: MessageInit; builtins: () => Promise<Builtins> },
  ) {
    this.#service = service;
    this.#lane = lane;
    this.#language = language;
    this.#builtins = builtins;
  }

  /** Tells of a table that statements will soon name. */
  expect(table: NamedTable): void {
    this.#expected = [...this.#expected.slice(1 - MOST_EXPECTED), table];
  }

  /** The bytes of a catalog with exactly what is needed. */
  exact({ tables, constants, functions }: CatalogNeed): Uint8Array {
    const sorted = [...tables].sort((a, b) => (a.spelled.join("\0") < b.spelled.join("\0") ? -1 : 1));
    return this.#request(sorted, constants, functions);
  }

  /**
   * A catalog in which the statement means what it means with exactly what it needs: its id, while the lane is in that
   * generation. The call that uses it must be sent at once, before another one can make it leave.
   */
  async id(need: CatalogNeed): Promise<{ id: bigint; generation: number }> {
    const spoken = speaker(need.texts);
    const ids = await this.#builtins();
    const builtins = need.allBuiltins ? undefined : namedIn(ids, spoken);
    const { generation } = this.#lane;
    this.#known = this.#known.filter((known) => known.generation === generation);
    const names = namesOf(need);
    const functions = need.functions.length > 0 ? JSON.stringify(need.functions) : "";
    const place = this.#known.findLastIndex((known) => {
      if (known.functions !== functions || !covers(known.builtins, builtins)) return false;
      for (const [key, { content }] of names) if (known.names.get(key)?.content !== content) return false;
      for (const [key, { path }] of known.names) if (!names.has(key) && spoken(path)) return false;
      return true;
    });
    const [found] = place < 0 ? [] : this.#known.splice(place, 1);
    const catalog =
      found ??
      this.#register({ ...need, key: functions }, names, builtins && { named: builtins, ids }, spoken);
    this.#known.push(catalog);
    if (this.#known.length > CAPACITY) this.#forget(this.#known.shift() as Registered);
    return { id: await catalog.id, generation };
  }

  #forget(catalog: Registered): void {
    void catalog.id
      .then((registeredId) => this.#service.encode("UnregisterRequest", { registeredId }))
      .then((request) => this.#lane.send("UnregisterCatalog", request, catalog.generation))
      .catch(() => undefined);
  }

  #register(
    { functions, key: functionsKey }: { functions: readonly CatalogFunction[]; key: string },
    needed: ReadonlyMap<string, Named>,
    builtins: { readonly named: ReadonlySet<string>; readonly ids: Builtins } | undefined,
    spoken: (path: readonly string[]) => boolean,
  ): Registered {
    const last = this.#known.at(-1);
    const names = new Map(needed);
    const expected = namesOf({ tables: this.#expected, constants: new Map() });
    const cases = new Cases(names.keys());
    for (const [key, named] of [...expected, ...(last?.names ?? [])]) {
      if (names.size < MOST_NAMES && !spoken(named.path) && cases.admits(key)) names.set(key, named);
    }
    const items = [...names.values()].map(({ item }) => item);
    const tables = items.filter((item): item is NamedTable => "table" in item);
    const constants = items.filter((item): item is readonly [string, SqlType] => !("table" in item));
    const { generation } = this.#lane;
    const known = builtins && new Set([...builtins.named, ...(last?.builtins ?? [])]);
    const request = this.#request(
      tables,
      new Map(constants),
      functions,
      builtins && [...(known ?? [])].flatMap((name) => builtins.ids.get(name) ?? []),
    );
    const registering = this.#lane.send("RegisterCatalog", request, generation);
    const id = registering.then((bytes) => this.#service.decode("RegisterResponse", bytes).registeredId);
    const catalog: Registered = { id, generation, functions: functionsKey, builtins: known, names };
    // One that could not be registered must not be found again.
    id.catch(() => {
      this.#known = this.#known.filter((known) => known !== catalog);
    });
    return catalog;
  }

  #request(
    tables: readonly NamedTable[],
    constants: ReadonlyMap<string, SqlType>,
    functions: readonly CatalogFunction[],
    /** Signature ids of the built-in functions; left out: all. */
    builtins?: readonly number[],
  ): Uint8Array {
    const content = simpleCatalog(tables, constants, this.#language);
    if (builtins) content.builtinFunctionOptions.includeFunctionIds = builtins;
    for (const definition of functions) this.#add(content, definition);
    return this.#service.encode("RegisterCatalogRequest", { simpleCatalog: content });
  }

  #add(root: MessageInit, definition: CatalogFunction): void {
    const list = definition.kind === "TABLE" ? "customTvf" : "customFunction";
    for (const path of definition.spelled) {
      const place = catalogAt(root, path.slice(0, -1));
      const proto = functionProto(path.at(-1) as string, definition, this.#service.registry);
      place[list] = [...(place[list] ?? []), proto];
    }
  }
}

/** The analyzer's names ignore case: two that differ in it alone, in whole or in a part, cannot be in one catalog. */
class Cases {
  /** Every key and what it begins with, by its folded form. */
  readonly #exact = new Map<string, string>();

  constructor(keys: Iterable<string>) {
    for (const key of keys) for (const start of startsOf(key)) this.#exact.set(start.toLowerCase(), start);
  }

  /** Takes the key in, unless it is there already or another one is in its way. */
  admits(key: string): boolean {
    const starts = startsOf(key);
    const fits = starts.every((start) => (this.#exact.get(start.toLowerCase()) ?? start) === start);
    if (!fits || this.#exact.has(key.toLowerCase())) return false;
    for (const start of starts) this.#exact.set(start.toLowerCase(), start);
    return true;
  }
}

/** "a", "a\0b" and "a\0b\0c" of the last. */
function startsOf(key: string): string[] {
  const parts = key.split("\0");
  return parts.map((_, place) => parts.slice(0, place + 1).join("\0"));
}

/** The operators, whose names start with "$", what joins call unasked, and the functions that the texts may name. */
function namedIn(builtins: Builtins, spoken: (path: readonly string[]) => boolean): Set<string> {
  const isIn = (name: string) => name.startsWith("$") || name === "coalesce" || spoken(name.split("."));
  return new Set([...builtins.keys()].filter(isIn));
}

function covers(has: ReadonlySet<string> | undefined, wanted: ReadonlySet<string> | undefined): boolean {
  if (has === undefined) return true;
  return wanted !== undefined && [...wanted].every((name) => has.has(name));
}

function namesOf({ tables, constants }: Pick<CatalogNeed, "tables" | "constants">): Map<string, Named> {
  const names = new Map<string, Named>();
  for (const item of tables) {
    const path = item.spelled.flatMap((part) => part.split("."));
    names.set(item.spelled.join("\0"), { path, content: JSON.stringify(item.table), item });
  }
  // A table of one part may have the name of a constant: the keys tell them apart.
  for (const [name, type] of constants) {
    names.set(`@${name}`, { path: [name], content: JSON.stringify(type), item: [name, type] });
  }
  return names;
}

/** Whether the texts may name a path: every part of it stands in them, whatever it means there. */
function speaker(texts: readonly string[]): (path: readonly string[]) => boolean {
  const text = texts.join("\n").toLowerCase();
  const words = new Set(text.match(/\w+/g));
  const stands = (part: string) => (/^\w+$/.test(part) ? words.has(part) : text.includes(part));
  return (path) => path.every((part) => stands(part.toLowerCase()));
}

/** The initialiser of a SimpleCatalogProto. */
export function simpleCatalog(
  tables: readonly NamedTable[],
  constants: ReadonlyMap<string, SqlType>,
  language: MessageInit,
): MessageInit {
  const root: MessageInit = {
    name: "local",
    builtinFunctionOptions: { languageOptions: language },
    table: [],
    catalog: [],
  };
  for (const { spelled, table } of tables) {
    const place = catalogAt(root, spelled.slice(0, -1));
    place.table.push(tableProto(spelled.at(-1) as string, table));
  }
  root.constant = [...constants].map(([name, type]) => ({
    namePath: [name],
    type: typeProto(type),
    value: nullValue,
  }));
  return root;
}

/** The catalog below the root under these names, made where it is missing. */
function catalogAt(root: MessageInit, names: readonly string[]): MessageInit {
  let place = root;
  for (const name of names) {
    let next = place.catalog.find((c: MessageInit) => c.name === name);
    if (!next) {
      next = { name, table: [], catalog: [] };
      place.catalog.push(next);
    }
    place = next;
  }
  return place;
}

function tableProto(name: string, table: CatalogTable): MessageInit {
  const column = ({ name, type }: Column) => ({ name, type: typeProto(type) });
  return {
    name: table.path.at(-1),
    nameInCatalog: name,
    fullName: table.path.join("."),
    serializationId: serializationId(table.path),
    column: [
      ...table.columns.map(column),
      ...(table.pseudoColumns ?? []).map((pseudo) => ({ ...column(pseudo), isPseudoColumn: true })),
    ],
  };
}

/** The analyzer wants a number for each table that it writes; as a hash of the path it is the same in every catalog. */
function serializationId(path: readonly string[]): bigint {
  return createHash("sha256").update(path.join("\0")).digest().readBigUInt64BE() >> 1n;
}
