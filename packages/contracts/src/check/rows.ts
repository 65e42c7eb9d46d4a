import { basename } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlName } from "./conversion.ts";
import type { DataProblem } from "./problems.ts";
import { type RowCheck, rowChecks } from "./rules.ts";
import type { SourceFile } from "./source.ts";

/** The file's values (r_), the ones to compare (v_) and whether they are of their type (b_), side by side. */
function typed(source: SourceFile, relation: string, rows = ""): string {
  const columns = source.columns.flatMap(({ name, raw, conversion }) => [
    `${raw} AS ${sqlName(`r_${name}`)}`,
    `${conversion.probe} AS ${sqlName(`v_${name}`)}`,
    `${conversion.bad} AS ${sqlName(`b_${name}`)}`,
  ]);
  return `(SELECT ${[...columns, ...(rows ? [rows] : [])].join(", ")} FROM ${relation})`;
}

async function read(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows() as unknown[][];
}

/** Long values are cut: a message has to fit a line. */
function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = String(value);
  return `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`;
}

/** Counts the file's rows and every problem in them; at most `limit` examples a rule. */
export async function checkRows(
  connection: DuckDBConnection,
  source: SourceFile,
  limit: number,
  problems: DataProblem[],
): Promise<number> {
  const file = basename(source.path);
  const checks = rowChecks(source);
  const counts = checks.map((check) => `count(*) FILTER (WHERE ${check.condition})`);
  const [result = []] = await read(
    connection,
    `SELECT ${["count(*)", ...counts].join(", ")} FROM ${typed(source, source.counted)}`,
  );
  const rows = Number(result[0] ?? 0);
  // Beside malformed rows the numbers of the others are not certain: those come first, alone.
  if (await malformed(connection, source, limit, problems)) return rows;

  let broken = false;
  for (const [index, check] of checks.entries()) {
    const count = Number(result[index + 1] ?? 0);
    if (count === 0) continue;
    broken ||= check.code === "type";
    problems.push(...(await examples(connection, source, check, count, limit, file)));
  }
  if (!broken) problems.push(...(await versions(connection, source, limit, file)));
  return rows;
}

async function malformed(
  connection: DuckDBConnection,
  source: SourceFile,
  limit: number,
  problems: DataProblem[],
): Promise<boolean> {
  if (!source.rejects) return false;
  const errors = `(SELECT line, any_value(csv_line) AS csv_line, any_value(error_message) AS error_message FROM ${source.rejects} GROUP BY line)`;
  const rows = await read(
    connection,
    `SELECT line, csv_line, error_message, count(*) OVER () FROM ${errors} ORDER BY line LIMIT ${limit}`,
  );
  await connection.run(`DROP TABLE ${source.rejects}; DROP TABLE ${source.rejects}_scan`);
  for (const [line, text, message, count] of rows) {
    const value = shown(String(text ?? "").trim());
    problems.push({
      severity: "error",
      code: "row",
      file: basename(source.path),
      row: Number(line) - 1,
      ...(value && { value }),
      message: `${value}: ${String(message)}. Quote a cell that holds a comma, a quote or a line break`,
      count: Number(count),
    });
  }
  return rows.length > 0;
}

async function examples(
  connection: DuckDBConnection,
  source: SourceFile,
  check: RowCheck,
  count: number,
  limit: number,
  file: string,
): Promise<DataProblem[]> {
  const rows = await read(
    connection,
    `SELECT file_row, CAST(${sqlName(`r_${check.column}`)} AS VARCHAR)
     FROM ${typed(source, source.numbered, "file_row")}
     WHERE ${check.condition} ORDER BY file_row LIMIT ${limit}`,
  );
  return rows.map(([row, raw]) => {
    const value = shown(raw);
    return {
      severity: check.severity,
      code: check.code,
      file,
      column: check.column,
      row: Number(row),
      ...(value && { value }),
      message: check.message(value),
      count,
    };
  });
}

/** One version of a key with two contents: which one stands is settled, but somebody should know. */
async function versions(
  connection: DuckDBConnection,
  source: SourceFile,
  limit: number,
  file: string,
): Promise<DataProblem[]> {
  const { key, versionedBy } = source.contract;
  const names = [...key, ...(versionedBy ? [versionedBy] : [])];
  if (!names.every((name) => source.columns.some((column) => column.name === name))) return [];
  const all = source.columns.map((column) => column.name);
  const hash = (columns: readonly string[], part: "raw" | "value") => {
    const parts = source.columns.filter((column) => columns.includes(column.name));
    return `hash(${parts.map((column) => (part === "raw" ? column.raw : column.conversion.value)).join(", ")})`;
  };
  const doubles = (part: "raw" | "value") => `
    SELECT version, count(*) AS row_cnt
    FROM (SELECT ${hash(names, part)} AS version, ${hash(all, part)} AS content FROM ${source.relation})
    GROUP BY version HAVING min(content) <> max(content)`;
  // As written first: converting every value is dear, and seldom needed to see that nothing is double.
  const [suspects] = await read(connection, `SELECT count(*) FROM (${doubles("raw")})`);
  if (Number(suspects?.[0]) === 0) return [];
  const texts = source.columns
    .filter((column) => names.includes(column.name))
    .map((column) => `COALESCE(CAST(${column.raw} AS VARCHAR), '∅')`);
  const found = await read(
    connection,
    `WITH doubles AS MATERIALIZED (${doubles("value")})
     SELECT min(file_row) AS file_row, arg_min(name, file_row), any_value(row_cnt), (SELECT count(*) FROM doubles)
     FROM (SELECT file_row, concat_ws('|', ${texts.join(", ")}) AS name, ${hash(names, "value")} AS version FROM ${source.numbered})
     JOIN doubles USING (version)
     GROUP BY version ORDER BY file_row LIMIT ${limit}`,
  );
  return found.map(([row, value, rows, count]) => ({
    severity: versionedBy ? ("warning" as const) : ("error" as const),
    code: "version" as const,
    file,
    column: names.join(", "),
    row: Number(row),
    value: String(value),
    message:
      `"${String(value)}" stands in ${Number(rows)} rows with different contents` +
      (versionedBy ? "; the greatest TO_JSON_STRING of the row wins. Give each version its own time" : ""),
    count: Number(count),
  }));
}
