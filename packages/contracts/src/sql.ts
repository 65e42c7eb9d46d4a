import type { Bounds, Rule } from "./contract.ts";

/** A column name in backticks: some of the platform's names are reserved words. */
export function quoted(name: string): string {
  return `\`${name}\``;
}

/** A GoogleSQL literal of a value that a contract may list. */
export function literal(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "number") return String(value);
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n");
  return `'${escaped}'`;
}

type Limit = Exclude<keyof Bounds, "multipleOf">;
const operators: readonly (readonly [Limit, string])[] = [
  ["minimum", "<"],
  ["exclusiveMinimum", "<="],
  ["maximum", ">"],
  ["exclusiveMaximum", ">="],
];

/** The rule in words, such as `one of 'a', 'b'`: what a failing row is told. */
export function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case "required":
      return "not null";
    case "accepted":
      return `one of ${rule.values.map((value) => literal(value)).join(", ")}`;
    case "bounds": {
      const words: Record<Limit, string> = {
        minimum: "at least",
        exclusiveMinimum: "greater than",
        maximum: "at most",
        exclusiveMaximum: "less than",
      };
      const limits = operators
        .filter(([name]) => rule.bounds[name] !== undefined)
        .map(([name]) => `${words[name]} ${rule.bounds[name]}`);
      const { multipleOf } = rule.bounds;
      return [...limits, ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`])].join(" and ");
    }
    case "condition":
      return rule.name;
  }
}

function violation(rule: Rule, value: string): string {
  switch (rule.kind) {
    case "required":
      return `${value} IS NULL`;
    case "accepted":
      return `${value} NOT IN (${rule.values.map((entry) => literal(entry)).join(", ")})`;
    case "bounds": {
      const limits = operators.flatMap(([name, operator]) => {
        const bound = rule.bounds[name];
        return bound === undefined ? [] : [`${value} ${operator} ${literal(bound)}`];
      });
      const { multipleOf } = rule.bounds;
      const scale =
        multipleOf === undefined ? [] : [`${value} <> ROUND(${value}, ${-Math.log10(multipleOf)})`];
      return [...limits, ...scale].join(" OR ");
    }
    case "condition":
      return `NOT (${rule.condition})`;
  }
}

/**
 * GoogleSQL that is TRUE on a row that breaks the rule (NULL and FALSE: the row keeps it).
 * A rule on a field of an array of structs is broken when any element breaks it.
 */
export function violationSql(rule: Rule, repeated: (column: string) => boolean): string {
  const [column = "", field] = rule.column.split(".");
  if (rule.kind === "condition" || !field) return violation(rule, quoted(column));
  if (!repeated(column)) return violation(rule, `${quoted(column)}.${quoted(field)}`);
  return `EXISTS (SELECT 1 FROM UNNEST(${quoted(column)}) AS element WHERE ${violation(rule, `element.${quoted(field)}`)})`;
}

/** A row's key as text, for messages: the parts joined by '|', NULL as '∅', as row_key is written. */
export function keyText(key: readonly string[]): string {
  const parts = key.map((name) => `IFNULL(CAST(${quoted(name)} AS STRING), '∅')`);
  return parts.length === 1 ? (parts[0] ?? "''") : `CONCAT(${parts.join(", '|', ")})`;
}
