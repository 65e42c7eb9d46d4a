import { didYouMean } from "../names.ts";
import type { ColumnDescriptors, IncludesData, TableData } from "./data.ts";

/** What `contracts` is in SQLX and JavaScript of the project. Tables are named `<dataset>.<table>`. */
export interface ContractsModule {
  /** Every table with a contract, in the order data flows; of one layer (folder of definitions/) if given. */
  tables(layer?: string): string[];
  /** For `columns:` of a config block. */
  columns(table: string): ColumnDescriptors;
  columnNames(table: string): string[];
  /** The columns as a SELECT lists them, one a line; of an alias if given. */
  columnList(table: string, alias?: string): string;
  /** For `description:` of a config block, or of one column. */
  description(table: string, column?: string): string;
  grain(table: string): string;
  key(table: string): string[];
  /** Columns that are never NULL. */
  required(table: string): string[];
  /** A column's allowed values. */
  accepted(table: string, column: string): (string | number | boolean)[];
  /** Whether the table is an append-only log of versions, and the column that tells them apart. */
  versionedBy(table: string): string | undefined;
  /** A row's key as STRING, parts joined by '|', NULL as '∅'. */
  keyText(table: string): string;
  /** A query with one row when the key repeats: column_name, rule, failing_cnt, example_key. */
  keyCheck(table: string, relation: string): string;
  /** A query with one row per broken row rule, in one scan; undefined when there is no rule of that severity. */
  rulesCheck(table: string, relation: string, severity?: "error" | "warning"): string | undefined;
}

function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

export function contractsModule(data: IncludesData): ContractsModule {
  const find = (table: string): TableData => {
    const found = data[table];
    if (found) return found;
    const file = `${String(table).split(".").pop()}.yaml`;
    const hint = didYouMean(String(table), Object.keys(data));
    throw new Error(
      `No contract for "${table}": write ${file} beside its model and run npm run build.${hint}`,
    );
  };
  const column = (table: string, name: string) => {
    const { columns, file } = find(table);
    const found = columns[name];
    if (found !== undefined) return found;
    throw new Error(`${table} has no column "${name}" in ${file}.${didYouMean(name, Object.keys(columns))}`);
  };
  const columnNames = (table: string) => Object.keys(find(table).columns);
  return {
    tables: (layer) =>
      Object.keys(data).filter((table) => layer === undefined || data[table]?.layer === layer),
    columns: (table) => find(table).columns,
    columnNames,
    columnList: (table, alias) =>
      columnNames(table)
        .map((name) => (alias === undefined ? name : `${alias}.${name}`))
        .join(",\n  "),
    description: (table, name) => {
      if (name === undefined) return find(table).description;
      const found = column(table, name);
      return typeof found === "string" ? found : found.description;
    },
    grain: (table) => find(table).grain,
    key: (table) => [...find(table).key],
    required: (table) => [...find(table).required],
    accepted: (table, name) => {
      const { accepted, file } = find(table);
      if (!name.includes(".")) column(table, name);
      const values = accepted[name];
      if (values) return [...values];
      throw new Error(`Column "${name}" of ${table} has no enum in ${file}.`);
    },
    versionedBy: (table) => find(table).versionedBy,
    keyText: (table) => find(table).keyText,
    keyCheck: (table, relation) => {
      const { key, keyText } = find(table);
      const columns = key.map((name) => `\`${name}\``).join(", ");
      return [
        `SELECT ${text(key.join(", "))} AS column_name, 'unique' AS rule, COUNT(*) AS failing_cnt, MIN(example_key) AS example_key`,
        `FROM (`,
        `  SELECT ${keyText} AS example_key`,
        `  FROM ${relation}`,
        `  GROUP BY ${columns}`,
        `  HAVING COUNT(*) > 1`,
        `)`,
        `HAVING COUNT(*) > 0`,
      ].join("\n");
    },
    rulesCheck: (table, relation, severity = "error") => {
      const { rules, keyText } = find(table);
      const chosen = rules.filter((rule) => rule.severity === severity);
      if (chosen.length === 0) return undefined;
      const counts = chosen.map(
        ({ violation }, index) =>
          `    COUNTIF(${violation}) AS cnt_${index}, MIN(IF(${violation}, ${keyText}, NULL)) AS key_${index}`,
      );
      const results = chosen.map(
        ({ column, rule }, index) =>
          `  STRUCT(${text(column)} AS column_name, ${text(rule)} AS rule, cnt_${index} AS failing_cnt, key_${index} AS example_key)`,
      );
      return [
        `WITH counted AS (`,
        `  SELECT`,
        counts.join(",\n"),
        `  FROM ${relation}`,
        `)`,
        `SELECT result.column_name, result.rule, result.failing_cnt, result.example_key`,
        `FROM counted, UNNEST([`,
        results.join(",\n"),
        `]) AS result`,
        `WHERE result.failing_cnt > 0`,
      ].join("\n");
    },
  };
}
