import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import {
  type Analyzer,
  type CatalogTable,
  createAnalyzer,
} from "../../packages/local-bigquery/src/analyzer/analyzer.ts";
import type { FunctionTable } from "../../packages/local-bigquery/src/functions/contract.ts";
import { functionTable, registerHostFunctions } from "../../packages/local-bigquery/src/functions/index.ts";
import { type Translated, translate } from "../../packages/local-bigquery/src/translator/index.ts";
import { parseType, typeText } from "../../packages/local-bigquery/src/types/schema.ts";
import type { Column, SqlType } from "../../packages/local-bigquery/src/types/types.ts";
import { fromDuckdb, sqlLiteral } from "../../packages/local-bigquery/src/types/value.ts";

/** Rows of a query, values in the canonical form of types/value.ts. */
export interface Answer {
  readonly columns: Column[];
  readonly rows: unknown[][];
}

/** Values for a query's named parameters. */
export type Parameters = Readonly<Record<string, { readonly type: SqlType; readonly value: unknown }>>;

const tools = fileURLToPath(new URL("../../.tools", import.meta.url));
let analyzer: Promise<Analyzer> | undefined;

/** The analyzer, one for all tests of a file. */
export function testAnalyzer(): Promise<Analyzer> {
  analyzer ??= createAnalyzer({
    wasmFile: `${tools}/python/zetasql/wasi/zetasql.wasm`,
    descriptorFile: `${tools}/zetasql.binpb`,
    zoneinfo: `${tools}/python/tzdata/zoneinfo`,
  });
  return analyzer;
}

/**
 * Analyzer, translator and DuckDB without catalog, scripts or server, beside the reference implementation.
 * Tables have one-part names; the oracle gets them as a WITH clause.
 */
export class TestEngine {
  readonly analyzer: Analyzer;
  readonly functions: FunctionTable;
  readonly connection: DuckDBConnection;
  private readonly tables: (CatalogTable & { readonly rowsSql: string })[] = [];

  constructor(analyzer: Analyzer, functions: FunctionTable, connection: DuckDBConnection) {
    this.analyzer = analyzer;
    this.functions = functions;
    this.connection = connection;
  }

  /** Creates a table: columns such as "a INT64, b ARRAY<STRING>", rows in GoogleSQL such as "(1, ['x']), (2, [])". */
  async table(name: string, columns: string, rows: string): Promise<void> {
    const parsed = parseType(`STRUCT<${columns}>`);
    if (parsed.kind !== "STRUCT") throw new Error("A list of columns was expected.");
    // In ARRAY<STRUCT<a ...>>[(1)] the parentheses of a single column would mean nothing.
    const single = parsed.fields.length === 1;
    const list = single ? rows.replace(/\((?=[^()]*\)(,|$))/g, "STRUCT(") : rows;
    const rowsSql = `SELECT * FROM UNNEST(ARRAY<${typeText(parsed)}>[${list}])`;
    const translated = await this.translated(rowsSql);
    if (translated.kind !== "query") throw new Error("A query was expected.");
    const sql = `memory.main."${name}"`;
    await this.connection.run(`CREATE OR REPLACE TABLE ${sql} AS ${translated.sql}`);
    this.tables.push({
      path: [name],
      columns: parsed.fields,
      rowsSql,
    });
  }

  /** What the translator makes of a statement. */
  async translated(sql: string, parameters: Parameters = {}): Promise<Translated> {
    const named = Object.entries(parameters);
    const resolved = await this.analyzer.analyze({
      sql,
      tables: this.tables,
      parameters: new Map(named.map(([name, { type }]) => [name, type])),
    });
    return translate(resolved, {
      functions: this.functions,
      sql,
      now: "make_timestamptz(1718000000000000)",
      table: ([name]) => {
        const found = this.tables.find((table) => table.path[0] === name);
        if (!found) throw new Error(`No table ${name}.`);
        return { sql: `memory.main."${name}"`, columns: found.columns };
      },
      constant: (name) => {
        throw new Error(`No variable ${name}.`);
      },
      parameter: (name) => {
        const parameter = parameters[String(name)];
        if (!parameter) throw new Error(`No parameter ${name}.`);
        return sqlLiteral(parameter.value, parameter.type);
      },
    });
  }

  /** A query's answer through the translator and DuckDB; arrays that are NULL read as empty, as in BigQuery. */
  async query(sql: string, parameters: Parameters = {}): Promise<Answer> {
    const translated = await this.translated(sql, parameters);
    if (translated.kind !== "query") throw new Error(`A query was expected, not ${translated.kind}.`);
    const reader = await this.run(translated.sql);
    const { columns } = translated;
    const rows = reader
      .getRows()
      .map((row) => row.map((value, place) => fromDuckdb(value, (columns[place] as Column).type)));
    return {
      columns: [...columns],
      rows: rows.map((row) => row.map((v, i) => emptied(v, (columns[i] as Column).type))),
    };
  }

  /** Runs a DML statement; answers how many rows it inserted, updated and deleted. */
  async dml(sql: string): Promise<{ inserted: number; updated: number; deleted: number }> {
    const translated = await this.translated(sql);
    if (translated.kind !== "dml") throw new Error(`DML was expected, not ${translated.kind}.`);
    const counts = { inserted: 0, updated: 0, deleted: 0 };
    await this.connection.run("BEGIN");
    try {
      for (const step of translated.steps) {
        const reader = await this.run(step.sql);
        if (step.affects) counts[step.affects] += Number(reader.getRows()[0]?.[0]);
      }
      await this.connection.run("COMMIT");
    } catch (error) {
      await this.connection.run("ROLLBACK");
      throw error;
    }
    return counts;
  }

  /** The reference implementation's answer. */
  async oracle(sql: string, parameters: Parameters = {}): Promise<Answer> {
    const used = this.tables.filter(({ path }) => new RegExp(`\\b${path[0]}\\b`, "i").test(sql));
    const entries = used.map(({ path, rowsSql }) => `${path[0]} AS (${rowsSql})`);
    const whole = entries.length > 0 ? `WITH ${entries.join(", ")} (${sql})` : sql;
    const answer = await this.analyzer.evaluate({
      sql: whole,
      parameters: new Map(Object.entries(parameters)),
    });
    const rows = answer.rows.map((row) => row.map((v, i) => emptied(v, (answer.columns[i] as Column).type)));
    return { columns: answer.columns, rows };
  }

  /** Expects DuckDB and the reference implementation to agree, row for row (as a multiset unless `ordered`). */
  async same(sql: string, options: { ordered?: boolean; parameters?: Parameters } = {}): Promise<void> {
    const ours = await this.query(sql, options.parameters);
    const theirs = await this.oracle(sql, options.parameters);
    const shape = (rows: unknown[][]) => {
      const texts = rows.map((row) => row.map(comparable).join(" | "));
      return options.ordered ? texts : texts.sort();
    };
    expect(shape(ours.rows), sql).toEqual(shape(theirs.rows));
    expect(ours.columns.map((column) => typeText(column.type))).toEqual(
      theirs.columns.map((column) => typeText(column.type)),
    );
  }

  private async run(sql: string) {
    try {
      return await this.connection.runAndReadAll(sql);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n--- translated ---\n${sql}`);
    }
  }
}

/** A fresh database in memory. */
export async function testEngine(functions: FunctionTable = functionTable): Promise<TestEngine> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const analyzer = await testAnalyzer();
  await registerHostFunctions(connection, analyzer);
  return new TestEngine(analyzer, functions, connection);
}

function emptied(value: unknown, type: SqlType): unknown {
  return value === null && type.kind === "ARRAY" ? [] : value;
}

/** A value as text that is equal exactly where values are; floats to 14 digits. */
function comparable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(comparable).join(", ")}]`;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "number") return Object.is(value, -0) ? "0" : String(Number(value.toPrecision(14)));
  return String(value);
}
