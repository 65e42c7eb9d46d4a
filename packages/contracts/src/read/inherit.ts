import { metricsFile } from "../metrics/read.ts";
import { didYouMean } from "../names.ts";
import type { Problem } from "../problems.ts";
import { type ColumnType, logicalType, parseType, typeText } from "../types.ts";
import { isObject, type JsonObject, type JsonPath, type YamlFile } from "./document.ts";

/** Layers in the order data flows: a column is described in the first table that has it. */
const flow = ["source", "state", "dim", "dwd", "dm"];

/** What a column means wherever it goes. The rest (keys, required, quality, ...) is each table's own to say. */
const inherited = [
  "businessName",
  "description",
  "logicalType",
  "physicalType",
  "logicalTypeOptions",
  "enum",
  "classification",
  "customProperties",
  "items",
  "properties",
  "examples",
  "synonyms",
];

interface Description {
  readonly file: string;
  readonly property: JsonObject;
}

/** Every column that is described somewhere, for those that list it by name only. */
export interface Dictionary {
  readonly shared: ReadonlyMap<string, Description>;
  /** By column name: the descriptions in contracts, in the order data flows. */
  readonly tables: ReadonlyMap<string, readonly (Description & { readonly layer: string })[]>;
  /** By table and column: the metrics of tables of metrics, which come before all other descriptions. */
  readonly metrics: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;
}

export function propertiesOf(document: JsonObject): JsonObject[] {
  const first = Array.isArray(document.schema) ? document.schema[0] : undefined;
  const properties = isObject(first) && Array.isArray(first.properties) ? first.properties : [];
  return properties.filter(isObject);
}

/** The table that a contract describes, `<dataset>.<name>`. */
function tableOf(document: JsonObject): string {
  const first = Array.isArray(document.schema) ? document.schema[0] : undefined;
  return isObject(first) ? String(first.physicalName) : "";
}

export function layerRank(layer: string): number {
  const rank = flow.indexOf(layer);
  return rank < 0 ? flow.length : rank;
}

export function dictionary(
  shared: YamlFile | undefined,
  contracts: readonly { readonly source: YamlFile; readonly layer: string }[],
  metrics: Dictionary["metrics"] = new Map(),
): Dictionary {
  const sharedColumns = new Map<string, Description>();
  for (const property of shared ? propertiesOf(shared.value) : []) {
    if (shared) sharedColumns.set(String(property.name), { file: shared.file, property });
  }
  const tables = new Map<string, (Description & { layer: string })[]>();
  const inOrder = contracts.toSorted(
    (a, b) => layerRank(a.layer) - layerRank(b.layer) || a.source.file.localeCompare(b.source.file),
  );
  for (const { source, layer } of inOrder) {
    for (const property of propertiesOf(source.value)) {
      if (typeof property.description !== "string") continue;
      const name = String(property.name);
      const list = tables.get(name) ?? [];
      list.push({ file: source.file, property, layer });
      tables.set(name, list);
    }
  }
  return { shared: sharedColumns, tables, metrics };
}

/** `custom` entries of both, the column's own winning. */
function mergeCustom(base: unknown, own: unknown): unknown[] {
  const entries = new Map<unknown, unknown>();
  for (const list of [base, own]) {
    for (const entry of Array.isArray(list) ? list : []) {
      entries.set(isObject(entry) ? entry.property : entry, entry);
    }
  }
  return [...entries.values()];
}

export interface Inherited {
  readonly property: JsonObject;
  readonly type?: ColumnType;
  readonly describedIn?: string;
}

/** Writes out what a column inherits, its type's logical type, and the fields of a struct. */
export function inheritColumn(
  raw: JsonObject,
  path: JsonPath,
  source: YamlFile,
  layer: string,
  columns: Dictionary,
  problems: Problem[],
  givenType?: ColumnType,
): Inherited {
  const name = String(raw.name);
  const base = findBase(name, raw, path, source, layer, columns, problems);
  const property: JsonObject = {};
  for (const key of base ? inherited : [])
    if (base?.property[key] !== undefined) property[key] = base.property[key];
  Object.assign(property, raw);
  if (base && (base.property.customProperties || raw.customProperties)) {
    property.customProperties = mergeCustom(base.property.customProperties, raw.customProperties);
  }
  let type = givenType;
  if (property.physicalType === undefined && givenType) property.physicalType = typeText(givenType);
  if (typeof property.physicalType === "string") {
    try {
      type = parseType(property.physicalType);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push(source.problem("type", [...path, "physicalType"], `not a BigQuery type: ${message}`));
    }
  } else if (base || typeof raw.description === "string") {
    const message = `column "${name}" has no physicalType; write its BigQuery type, such as STRING or NUMERIC`;
    problems.push(source.problem("type", path, message));
  }
  if (type && givenType && typeText(type) !== typeText(givenType)) {
    const message = `field "${name}" is ${typeText(type)} here and ${typeText(givenType)} in its column's physicalType`;
    problems.push(source.problem("type", [...path, "physicalType"], message));
  }
  if (type) {
    const logical = logicalType(type);
    if (property.logicalType !== undefined && property.logicalType !== logical) {
      const message = `logicalType "${property.logicalType}" does not fit ${typeText(type)}, which is "${logical}"; it may be left out`;
      problems.push(source.problem("type", [...path, "logicalType"], message));
    }
    property.logicalType = logical;
    fillFields(property, type, path, source, layer, columns, problems);
  }
  return { property, ...(type && { type }), ...(base && { describedIn: base.file }) };
}

function findBase(
  name: string,
  raw: JsonObject,
  path: JsonPath,
  source: YamlFile,
  layer: string,
  columns: Dictionary,
  problems: Problem[],
): Description | undefined {
  const metric = columns.metrics.get(tableOf(source.value))?.get(name);
  if (metric) return { file: metricsFile, property: metric };
  const shared = columns.shared.get(name);
  if (shared && shared.property !== raw) return shared;
  if (shared) return undefined;
  const described = (columns.tables.get(name) ?? []).filter((entry) => entry.property !== raw);
  const first = described[0];
  const own = typeof raw.description === "string";
  if (first && own && layerRank(first.layer) >= layerRank(layer)) return undefined;
  const rivals = described.filter((entry) => layerRank(entry.layer) === layerRank(first?.layer ?? ""));
  if (rivals.length > 1) {
    const files = rivals.map((entry) => entry.file).join(" and ");
    const message = `column "${name}" could inherit from ${files}; describe it once, in definitions/columns.yaml`;
    problems.push(source.problem("inherit", path, message));
  } else if (!first && !own) {
    const hint = didYouMean(name, new Set([...columns.shared.keys(), ...columns.tables.keys()]));
    const message = `column "${name}" is described nowhere; give it a description and a physicalType here, or in definitions/columns.yaml.${hint}`;
    problems.push(source.problem("inherit", path, message));
  }
  return first;
}

/** Gives the fields of a STRUCT (or of an ARRAY's elements) the types their column's physicalType says. */
function fillFields(
  property: JsonObject,
  type: ColumnType,
  path: JsonPath,
  source: YamlFile,
  layer: string,
  columns: Dictionary,
  problems: Problem[],
): void {
  if (type.kind === "array") {
    const items: JsonObject = isObject(property.items) ? { ...property.items } : {};
    items.logicalType = logicalType(type.element);
    items.physicalType = typeText(type.element);
    fillFields(items, type.element, [...path, "items"], source, layer, columns, problems);
    property.items = items;
  } else if (type.kind === "struct") {
    const listed = Array.isArray(property.properties) ? property.properties.filter(isObject) : [];
    property.properties = type.fields.map((field) => {
      const index = listed.findIndex((entry) => entry.name === field.name);
      const place = [...path, "properties", Math.max(index, 0)];
      return inheritColumn(
        listed[index] ?? { name: field.name },
        place,
        source,
        layer,
        columns,
        problems,
        field.type,
      ).property;
    });
    for (const [index, entry] of listed.entries()) {
      if (type.fields.some((field) => field.name === entry.name)) continue;
      const hint = didYouMean(
        String(entry.name),
        type.fields.map((field) => field.name),
      );
      const message = `the column's physicalType has no field "${entry.name}".${hint}`;
      problems.push(source.problem("type", [...path, "properties", index], message));
    }
  }
}
