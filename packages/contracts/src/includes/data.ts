import type { Contract, Severity } from "../contract.ts";
import { keyText, ruleText, violationSql } from "../sql.ts";

/** A column's description and, for structs, its fields': what a Dataform config block takes. */
export type ColumnDescriptors = {
  [name: string]: string | { description: string; columns: ColumnDescriptors };
};

export interface RowRule {
  readonly column: string;
  readonly rule: string;
  readonly severity: Severity;
  /** GoogleSQL, TRUE on a row that breaks the rule. */
  readonly violation: string;
}

/** What models and assertions need of one contract. */
export interface TableData {
  readonly file: string;
  readonly layer: string;
  readonly description: string;
  readonly grain: string;
  readonly key: readonly string[];
  readonly keyText: string;
  readonly versionedBy?: string;
  readonly required: readonly string[];
  readonly accepted: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  readonly columns: ColumnDescriptors;
  readonly rules: readonly RowRule[];
}

/** By `<dataset>.<table>`. */
export type IncludesData = Readonly<Record<string, TableData>>;

type Described = Contract["columns"][number];

/** A column's meaning with its Chinese name, unit and additivity, as BigQuery's console shows it. */
export function columnDescription(column: Described): string {
  const values = column.values.map((entry) =>
    entry.label ? `${entry.value} ${entry.label}` : String(entry.value),
  );
  const facts = [column.businessName, column.unit && `unit: ${column.unit}`, column.additivity];
  const labels = facts.filter((fact) => fact).join("; ");
  return [
    column.description,
    values.length ? `Values: ${values.join(", ")}.` : "",
    labels ? `[${labels}]` : "",
  ]
    .filter((part) => part)
    .join(" ");
}

/** The table's meaning, its Chinese name first, how to read it and what it is not for. */
export function tableDescription(contract: Contract): string {
  const log = contract.versionedBy
    ? `Append-only log of full-row versions: a key (${contract.key.join(", ")}) has one row per version. ` +
      `State as of T: per key the version with the greatest ${contract.versionedBy} < T.`
    : "";
  const head = [contract.businessName && `${contract.businessName}.`, contract.description]
    .filter(Boolean)
    .join(" ");
  return [head, log, contract.usage, contract.limitations].filter(Boolean).join("\n");
}

function descriptors(columns: readonly Described[]): ColumnDescriptors {
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      column.fields.length
        ? { description: columnDescription(column), columns: descriptors(column.fields) }
        : columnDescription(column),
    ]),
  );
}

function tableData(contract: Contract): TableData {
  const repeated = (name: string) =>
    contract.columns.find((column) => column.name === name)?.type.kind === "array";
  const accepted = contract.rules.flatMap((rule) =>
    rule.kind === "accepted" ? [[rule.column, rule.values]] : [],
  );
  return {
    file: contract.file,
    layer: contract.layer,
    description: tableDescription(contract),
    grain: contract.grain,
    key: contract.key,
    keyText: keyText(contract.key),
    ...(contract.versionedBy && { versionedBy: contract.versionedBy }),
    required: contract.columns.filter((column) => column.required).map((column) => column.name),
    accepted: Object.fromEntries(accepted),
    columns: descriptors(contract.columns),
    rules: contract.rules.map((rule) => ({
      column: rule.column,
      rule: ruleText(rule),
      severity: rule.severity,
      violation: violationSql(rule, repeated),
    })),
  };
}

export function includesData(contracts: readonly Contract[]): IncludesData {
  return Object.fromEntries(contracts.map((contract) => [contract.table, tableData(contract)]));
}

/** The text of includes/contracts_data.js: what includes/contracts.js answers from. */
export function generate(contracts: readonly Contract[]): string {
  const data = JSON.stringify(includesData(contracts), null, 1);
  return `// Written by the build from the contracts beside the models: change those.\nmodule.exports = ${data};\n`;
}
