import type { Rule } from "../contract.ts";
import { nearest } from "../names.ts";
import { ruleText } from "../sql.ts";
import { type ColumnType, typeText } from "../types.ts";
import { sqlName, sqlText } from "./conversion.ts";
import type { DataProblem } from "./problems.ts";
import type { SourceFile } from "./source.ts";
import { writtenAs } from "./text.ts";

/** One thing to count over a file's rows. Names: `r_<column>` the file's value, `v_` the one to compare, `b_` whether it is bad. */
export interface RowCheck {
  readonly code: DataProblem["code"];
  readonly severity: DataProblem["severity"];
  readonly column: string;
  /** TRUE on a row that has the problem. */
  readonly condition: string;
  /** The message for a value of the file, as text. */
  message(value: string | null): string;
}

function duckdbLiteral(value: string | number | boolean): string {
  return typeof value === "string" ? sqlText(value) : String(value);
}

function violation(rule: Rule, value: string): string | undefined {
  switch (rule.kind) {
    case "accepted":
      return `${value} NOT IN (${rule.values.map(duckdbLiteral).join(", ")})`;
    case "bounds": {
      const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rule.bounds;
      return [
        minimum === undefined ? "" : `${value} < ${duckdbLiteral(minimum)}`,
        exclusiveMinimum === undefined ? "" : `${value} <= ${duckdbLiteral(exclusiveMinimum)}`,
        maximum === undefined ? "" : `${value} > ${duckdbLiteral(maximum)}`,
        exclusiveMaximum === undefined ? "" : `${value} >= ${duckdbLiteral(exclusiveMaximum)}`,
        multipleOf === undefined ? "" : `${value} <> round(${value}, ${-Math.log10(multipleOf)})`,
      ]
        .filter((part) => part)
        .join(" OR ");
    }
    case "required":
      return `${value} IS NULL`;
    case "condition":
      // Written in GoogleSQL: the warehouse checks it, after the load.
      return undefined;
  }
}

function ruleCheck(rule: Rule, repeated: boolean): RowCheck | undefined {
  const [column = "", field] = rule.column.split(".");
  const converted = sqlName(`v_${column}`);
  const element = `x.${sqlName(field ?? "")}`;
  let condition: string | undefined;
  if (!field) condition = violation(rule, rule.kind === "required" ? sqlName(`r_${column}`) : converted);
  else if (repeated) {
    const inner = violation(rule, element);
    condition = inner && `len(list_filter(${converted}, lambda x: ${inner})) > 0`;
  } else {
    const inner = violation(rule, `${converted}.${sqlName(field)}`);
    condition = inner && `${sqlName(`r_${column}`)} IS NOT NULL AND (${inner})`;
  }
  if (condition === undefined) return undefined;
  const what = field ? `its field ${field} is to be` : "the value is to be";
  return {
    code: rule.kind === "required" || rule.kind === "accepted" ? rule.kind : "bounds",
    severity: rule.severity,
    column,
    condition,
    message: (value) => {
      if (rule.kind === "required" && !field) return "the value is missing; the contract requires one";
      const accepted =
        rule.kind === "accepted" && value !== null ? nearest(value, rule.values.map(String)) : undefined;
      return `${value}: ${what} ${ruleText(rule)}.${accepted ? ` Did you mean "${accepted}"?` : ""}`;
    },
  };
}

/** Every check of one file, types first. */
export function rowChecks(source: SourceFile): RowCheck[] {
  const checks: RowCheck[] = [];
  const types = new Map<string, ColumnType>(
    source.contract.columns.map((column) => [column.name, column.type]),
  );
  for (const { name, conversion } of source.columns) {
    const type = types.get(name);
    if (conversion.bad === "FALSE" || !type) continue;
    const advice = source.format === "csv" ? writtenAs(type) : "a value that converts without loss";
    checks.push({
      code: "type",
      severity: "error",
      column: name,
      condition: sqlName(`b_${name}`),
      message: (value) => `${value} is not of type ${typeText(type)}; write ${advice}`,
    });
  }
  for (const rule of source.contract.rules) {
    const column = source.columns.find((entry) => entry.name === rule.column.split(".")[0]);
    const check = column && ruleCheck(rule, types.get(column.name)?.kind === "array");
    if (!check) continue;
    // A value that is not of its type is told once.
    const typed = column.conversion.bad === "FALSE" ? "" : `NOT ${sqlName(`b_${column.name}`)} AND `;
    checks.push({ ...check, condition: `${typed}(${check.condition})` });
  }
  return checks;
}
