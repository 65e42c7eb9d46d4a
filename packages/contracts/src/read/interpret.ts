import type { Column, Contract, Rule } from "../contract.ts";
import { didYouMean } from "../names.ts";
import type { Problem } from "../problems.ts";
import type { ColumnType } from "../types.ts";
import { columnProblems, tableProblems } from "./conventions.ts";
import { isObject, type JsonObject, type JsonPath, type YamlFile } from "./document.ts";
import { type Dictionary, inheritColumn } from "./inherit.ts";
import { allowedValues, boundsOf, columnRules, tableRules } from "./rules.ts";

const columnProperties = ["unit", "additivity"];
const tableProperties = ["versionedBy", "clusterBy", "questions"];

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Custom properties by name. A name that is nearly one of `known` is a typing error; any other is left to its reader. */
function custom(
  owner: JsonObject,
  known: readonly string[],
  path: JsonPath,
  source: YamlFile,
  problems: Problem[],
): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const entries = Array.isArray(owner.customProperties) ? owner.customProperties.filter(isObject) : [];
  for (const [index, entry] of entries.entries()) {
    const name = String(entry.property);
    values.set(name, entry.value);
    const hint = known.includes(name) ? "" : didYouMean(name, known);
    if (hint)
      problems.push(
        source.problem("house", [...path, "customProperties", index], `"${name}" means nothing.${hint}`),
      );
  }
  return values;
}

/** The column of an effective property, its nested fields included; its rules are added to `rules`. */
function columnOf(
  property: JsonObject,
  type: ColumnType,
  prefix: string,
  path: JsonPath,
  source: YamlFile,
  problems: Problem[],
  rules: Rule[],
  describedIn: string | undefined,
): Column {
  const name = String(property.name);
  const place = prefix + name;
  rules.push(...columnRules(property, place, type, path, source, problems));
  const labels = custom(property, columnProperties, path, source, problems);
  const struct = type.kind === "array" ? type.element : type;
  const holder = type.kind === "array" && isObject(property.items) ? property.items : property;
  const nested = Array.isArray(holder.properties) ? holder.properties.filter(isObject) : [];
  const unit = text(labels.get("unit"));
  const additivity = text(labels.get("additivity"));
  const bounds = boundsOf(property);
  const businessName = text(property.businessName);
  const classification = text(property.classification);
  const column: Column = {
    name,
    type,
    description: text(property.description) ?? "",
    ...(businessName && { businessName }),
    ...(unit && { unit }),
    ...(additivity && { additivity }),
    ...(classification && { classification }),
    required: rules.some(
      (rule) => rule.kind === "required" && rule.column === place && rule.severity === "error",
    ),
    values: allowedValues(property),
    ...(bounds && { bounds }),
    fields:
      struct.kind !== "struct"
        ? []
        : struct.fields.map((field, index) =>
            columnOf(nested[index] ?? {}, field.type, `${place}.`, path, source, problems, rules, undefined),
          ),
    ...(describedIn && { describedIn }),
  };
  for (const message of columnProblems(column)) problems.push(source.problem("house", path, message));
  return column;
}

/** Freshness of slaProperties, in hours. */
function freshnessOf(document: JsonObject, source: YamlFile, problems: Problem[]): Contract["freshness"] {
  const entries = Array.isArray(document.slaProperties) ? document.slaProperties.filter(isObject) : [];
  const index = entries.findIndex((entry) => entry.property === "freshness");
  const entry = entries[index];
  if (!entry) return undefined;
  const hours: Record<string, number> = { h: 1, d: 24 };
  const factor = hours[String(entry.unit)];
  if (typeof entry.value !== "number" || factor === undefined) {
    const message = "freshness is a number with unit h (hours) or d (days)";
    problems.push(source.problem("house", ["slaProperties", index], message));
    return undefined;
  }
  const element = text(entry.element);
  return { hours: entry.value * factor, ...(element && { element }) };
}

/** The table property `questions`: a list of { question, sql }. */
function questionsOf(value: unknown, source: YamlFile, problems: Problem[]): Contract["questions"] {
  const entries: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return entries.flatMap((entry) => {
    if (isObject(entry) && typeof entry.question === "string" && typeof entry.sql === "string")
      return [{ question: entry.question, sql: entry.sql.trim() }];
    const message = "questions is a list of { question: ..., sql: ... }";
    problems.push(source.problem("house", ["schema", 0, "customProperties"], message));
    return [];
  });
}

/** Resolves one contract file. Problems are added to the list; undefined when there is no table to speak of. */
export function interpret(
  source: YamlFile,
  layer: string,
  columns: Dictionary,
  problems: Problem[],
): Contract | undefined {
  const { value } = source;
  const schemas = Array.isArray(value.schema) ? value.schema : [];
  const table: unknown = schemas[0];
  if (schemas.length !== 1 || !isObject(table)) {
    problems.push(
      source.problem("house", ["schema"], "a contract describes one table: schema is a list of one entry"),
    );
    return undefined;
  }
  const physicalName = text(table.physicalName) ?? "";
  const [, dataset, name] = /^([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)$/.exec(physicalName) ?? [];
  if (!dataset || !name) {
    const message = `physicalName is "<dataset>.<table>", not "${physicalName}"`;
    problems.push(source.problem("house", ["schema", 0, "physicalName"], message));
    return undefined;
  }
  const rules: Rule[] = [];
  const list: Column[] = [];
  const effective: JsonObject[] = [];
  const positions: { name: string; position: number }[] = [];
  let partitionBy: string | undefined;
  const raw = Array.isArray(table.properties) ? table.properties : [];
  for (const [index, property] of raw.entries()) {
    const path: JsonPath = ["schema", 0, "properties", index];
    if (!isObject(property) || typeof property.name !== "string") {
      problems.push(
        source.problem("house", path, "a column is a mapping with a name, such as - name: user_id"),
      );
      continue;
    }
    if (list.some((column) => column.name === property.name)) {
      problems.push(source.problem("duplicate", path, `column "${property.name}" is listed twice`));
      continue;
    }
    const column = inheritColumn(property, path, source, layer, columns, problems);
    effective.push(column.property);
    if (property.primaryKey === true) {
      const position = property.primaryKeyPosition;
      positions.push({ name: property.name, position: typeof position === "number" ? position : 0 });
    }
    if (property.partitioned === true) partitionBy = property.name;
    if (!column.type) continue;
    list.push(columnOf(column.property, column.type, "", path, source, problems, rules, column.describedIn));
  }
  rules.push(...tableRules(table, ["schema", 0], source, problems));
  const labels = custom(table, tableProperties, ["schema", 0], source, problems);
  const described = isObject(value.description) ? value.description : {};
  const freshness = freshnessOf(value, source, problems);
  const clusterBy = labels.get("clusterBy");
  const businessName = text(table.businessName);
  const usage = text(described.usage);
  const limitations = text(described.limitations);
  const versionedBy = text(labels.get("versionedBy"));
  const questions = questionsOf(labels.get("questions"), source, problems);
  const owner = isObject(value.team) ? text(value.team.name) : undefined;
  const contract: Contract = {
    file: source.file,
    layer,
    table: physicalName,
    dataset,
    name,
    ...(businessName && { businessName }),
    description: text(table.description) ?? "",
    ...(usage && { usage }),
    ...(limitations && { limitations }),
    grain: text(table.dataGranularityDescription) ?? "",
    key: positions.toSorted((a, b) => a.position - b.position).map((entry) => entry.name),
    ...(versionedBy && { versionedBy }),
    ...(partitionBy && { partitionBy }),
    clusterBy: Array.isArray(clusterBy) ? clusterBy.map(String) : [],
    columns: list,
    rules,
    questions,
    ...(owner && { owner }),
    tags: Array.isArray(value.tags) ? value.tags.map(String) : [],
    status: text(value.status) ?? "",
    version: text(value.version) ?? "",
    ...(freshness && { freshness }),
    document: { ...value, schema: [{ ...table, properties: effective }] },
  };
  for (const { path, message } of tableProblems(contract))
    problems.push(source.problem("house", path, message));
  return contract;
}
