import type { AllowedValue, Bounds, Rule, Severity } from "../contract.ts";
import { didYouMean } from "../names.ts";
import type { Problem } from "../problems.ts";
import { type ColumnType, typeText } from "../types.ts";
import { isObject, type JsonObject, type JsonPath, type YamlFile } from "./document.ts";

const boundNames = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] as const;

export function boundsOf(property: JsonObject): Bounds | undefined {
  const options = isObject(property.logicalTypeOptions) ? property.logicalTypeOptions : {};
  const bounds: Record<string, number | string> = {};
  for (const name of boundNames) {
    const value = options[name];
    if (typeof value === "number" || typeof value === "string") bounds[name] = value;
  }
  const multipleOf = typeof options.multipleOf === "number" ? options.multipleOf : undefined;
  if (Object.keys(bounds).length === 0 && multipleOf === undefined) return undefined;
  return { ...bounds, ...(multipleOf !== undefined && { multipleOf }) };
}

export function allowedValues(property: JsonObject): AllowedValue[] {
  const entries = Array.isArray(property.enum) ? property.enum.filter(isObject) : [];
  return entries.map((entry) => ({
    value:
      typeof entry.value === "number" || typeof entry.value === "boolean" ? entry.value : String(entry.value),
    ...(typeof entry.label === "string" && { label: entry.label }),
    ...(typeof entry.description === "string" && { description: entry.description }),
  }));
}

/** Whether a value of the YAML file can be a value of the type at all. */
export function fits(value: unknown, type: ColumnType): boolean {
  if (type.kind !== "scalar") return false;
  if (["INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64"].includes(type.name)) {
    return typeof value === "number" && (type.name !== "INT64" || Number.isInteger(value));
  }
  return type.name === "BOOL" ? typeof value === "boolean" : typeof value === "string";
}

function severityOf(entry: JsonObject, path: JsonPath, source: YamlFile, problems: Problem[]): Severity {
  const severity = entry.severity ?? "error";
  if (severity === "error" || severity === "warning") return severity;
  const message = `severity is "error" (stops) or "warning" (is listed), not "${severity}"`;
  problems.push(source.problem("rule", [...path, "severity"], message));
  return "error";
}

/**
 * A column's rules. `required`, `enum` and `logicalTypeOptions` are errors unless a quality entry says otherwise:
 * `metric: nullValues` (may not be NULL) or `metric: invalidValues` (the enum and bounds) with a `severity`.
 */
export function columnRules(
  property: JsonObject,
  column: string,
  type: ColumnType,
  path: JsonPath,
  source: YamlFile,
  problems: Problem[],
): Rule[] {
  const quality = Array.isArray(property.quality) ? property.quality.filter(isObject) : [];
  // A key column is required unless it says `required: false`.
  const given = property.required ?? property.primaryKey;
  let required: Severity | undefined = given === true ? "error" : undefined;
  let invalid: Severity = "error";
  const rules: Rule[] = [];
  for (const [index, entry] of quality.entries()) {
    const place = [...path, "quality", index];
    const severity = severityOf(entry, place, source, problems);
    if (entry.metric === "nullValues" && entry.mustBe === 0) required = severity;
    else if (entry.metric === "invalidValues" && entry.mustBe === 0 && !entry.arguments) invalid = severity;
    else rules.push(...conditionRule(entry, column, severity, place, source, problems));
  }
  if (required && type.kind === "array") {
    const message = "a BigQuery ARRAY is never NULL (NULL is stored as the empty array): leave required out";
    problems.push(source.problem("rule", [...path, "required"], message));
  } else if (required) rules.push({ kind: "required", column, severity: required });
  const values = allowedValues(property);
  for (const [index, { value }] of values.entries()) {
    if (fits(value, type)) continue;
    const message = `${JSON.stringify(value)} is not a value of type ${typeText(type)}`;
    problems.push(source.problem("rule", [...path, "enum", index], message));
  }
  if (values.length) {
    rules.push({ kind: "accepted", column, values: values.map((entry) => entry.value), severity: invalid });
  }
  const bounds = boundsOf(property);
  if (bounds?.multipleOf !== undefined && !Number.isInteger(Math.log10(bounds.multipleOf))) {
    const message = `multipleOf is a power of ten such as 0.01, not ${bounds.multipleOf}`;
    problems.push(source.problem("rule", [...path, "logicalTypeOptions", "multipleOf"], message));
  }
  if (bounds) rules.push({ kind: "bounds", column, bounds, severity: invalid });
  return rules;
}

/** Row conditions in GoogleSQL: `{ type: custom, engine: googlesql, implementation: "a <= b" }`. */
export function conditionRule(
  entry: JsonObject,
  column: string,
  severity: Severity,
  path: JsonPath,
  source: YamlFile,
  problems: Problem[],
): Rule[] {
  if (entry.type === "custom" && entry.engine === "googlesql" && typeof entry.implementation === "string") {
    const condition = entry.implementation.trim();
    return [{ kind: "condition", column, name: String(entry.name ?? condition), condition, severity }];
  }
  const metric = typeof entry.metric === "string" ? entry.metric : "";
  const known = ["nullValues", "invalidValues"];
  const message =
    `this quality rule is not supported${metric ? ` (metric "${metric}")` : ""}; use metric nullValues or invalidValues` +
    ' with mustBe: 0, or { type: custom, engine: googlesql, implementation: "<row condition>" }.';
  problems.push(source.problem("rule", path, message + (metric ? didYouMean(metric, known) : "")));
  return [];
}

export function tableRules(table: JsonObject, path: JsonPath, source: YamlFile, problems: Problem[]): Rule[] {
  const quality = Array.isArray(table.quality) ? table.quality.filter(isObject) : [];
  return quality.flatMap((entry, index) => {
    const place = [...path, "quality", index];
    const severity = severityOf(entry, place, source, problems);
    return conditionRule(entry, "(row)", severity, place, source, problems);
  });
}
