import type { Column, SqlType } from "../types/types.ts";
import type { Engine, MessageInit } from "./engine.ts";
import { type CatalogFunction, functionProto } from "./functions.ts";
import { nullValue, typeProto } from "./protos.ts";

/** A table as the analyzer knows it. */
export interface CatalogTable {
  /** The table's own path, such as ["dataset", "table"]; it comes back as the `fullName` of a TableRef, joined by dots. */
  readonly path: readonly string[];
  readonly columns: readonly Column[];
  readonly serializationId: number;
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

const CAPACITY = 32;

/**
 * Registering a catalog costs 30 to 50 ms, nearly all of it the built-in functions, and functions cannot be shared
 * between catalogs; so registered catalogs are kept by their exact content, the least recently used one leaving.
 */
export class Catalogs {
  #engine: Engine;
  #language: MessageInit;
  #ids = new Map<string, bigint>();
  #generation = 0;

  constructor(engine: Engine, language: MessageInit) {
    this.#engine = engine;
    this.#language = language;
  }

  /** The request that registers a catalog with exactly these tables, constants and functions. */
  request(
    tables: readonly NamedTable[],
    constants: ReadonlyMap<string, SqlType>,
    functions: readonly CatalogFunction[] = [],
  ): Uint8Array {
    const sorted = [...tables].sort((a, b) => (a.spelled.join("\0") < b.spelled.join("\0") ? -1 : 1));
    const content = simpleCatalog(sorted, constants, this.#language);
    for (const definition of functions) this.#add(content, definition);
    return this.#engine.encode("RegisterCatalogRequest", { simpleCatalog: content });
  }

  #add(root: MessageInit, definition: CatalogFunction): void {
    const list = definition.kind === "TABLE" ? "customTvf" : "customFunction";
    for (const path of definition.spelled) {
      const place = catalogAt(root, path.slice(0, -1));
      const proto = functionProto(path.at(-1) as string, definition, this.#engine.registry);
      place[list] = [...(place[list] ?? []), proto];
    }
  }

  /** The id of the catalog of a request, registered if it is not. */
  id(request: Uint8Array): bigint {
    if (this.#generation !== this.#engine.generation) {
      this.#ids.clear();
      this.#generation = this.#engine.generation;
    }
    const key = Buffer.from(request).toString("latin1");
    const known = this.#ids.get(key);
    if (known !== undefined) {
      this.#ids.delete(key);
      this.#ids.set(key, known);
      return known;
    }
    const { registeredId } = this.#engine.decode(
      "RegisterResponse",
      this.#engine.send("RegisterCatalog", request),
    );
    this.#generation = this.#engine.generation;
    this.#ids.set(key, registeredId);
    if (this.#ids.size > CAPACITY) {
      const [oldest, id] = this.#ids.entries().next().value as [string, bigint];
      this.#ids.delete(oldest);
      this.#engine.call("UnregisterCatalog", "UnregisterRequest", undefined, { registeredId: id });
    }
    return registeredId;
  }
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
    serializationId: BigInt(table.serializationId),
    column: [
      ...table.columns.map(column),
      ...(table.pseudoColumns ?? []).map((pseudo) => ({ ...column(pseudo), isPseudoColumn: true })),
    ],
  };
}
