// Database files of local warehouses, read as they lie on disk: what a table holds, and where two of the same name differ.
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** The engine's name for the file that it has attached; tables are named by it in the catalog. */
const ENGINE = "bq.";
const SHOWN_ROWS = 2;

/**
 * What each table of a warehouse holds, in a word that is the same for the same rows. Read from a copy: opening a file
 * writes the log of a killed process into it, and that is left to the next command.
 * @param {string} file @param {string} copies a folder for the copy
 * @param {Map<string, string | undefined>} tables condition on the rows by table
 * @returns {Promise<Map<string, string>>} without the tables that do not stand
 */
export async function contents(file, copies, tables) {
  const found = new Map();
  if (!existsSync(file)) return found;
  rmSync(copies, { recursive: true, force: true });
  mkdirSync(copies, { recursive: true });
  const copy = join(copies, "warehouse.duckdb");
  copyFileSync(file, copy);
  if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
  await attached({ copied: copy }, async (rows) => {
    const catalog = await catalogOf(rows, "copied");
    for (const [name, where] of tables) {
      const entry = catalog.get(name);
      if (!entry) continue;
      const columns = (await columnsOf(rows, entry)).join(", ");
      const query = `SELECT ${columns} FROM ${entry.sql} WHERE ${where ?? "TRUE"}`;
      const [one] = await rows(`SELECT COUNT(*), SUM(hash(r)::HUGEINT) FROM (${query}) AS r`);
      found.set(name, one.join(":"));
    }
  });
  rmSync(copies, { recursive: true, force: true });
  return found;
}

/**
 * Compares two warehouses that no process has open: their catalogs, and the rows of some tables cell by cell.
 * @param {Record<string, string>} files the two, by what they are called
 * @param {Map<string, string | undefined>} tables condition on the rows by table
 * @returns {Promise<{ rows: number, differences: { name: string, what: string[] }[] }>}
 */
export async function compareFiles(files, tables) {
  const [left, right] = Object.keys(files);
  const differences = [];
  let all = 0;
  await attached(files, async (rows) => {
    const [one, other] = [await catalogOf(rows, left), await catalogOf(rows, right)];
    for (const name of new Set([...one.keys(), ...other.keys()])) {
      const what = [];
      const [a, b] = [one.get(name), other.get(name)];
      if (a?.definition !== b?.definition) what.push(`catalog: ${a?.definition} / ${b?.definition}`);
      else if (tables.has(name)) {
        const where = tables.get(name) ?? "TRUE";
        const columns = (await columnsOf(rows, a)).join(", ");
        const of = (entry) => `SELECT ${columns} FROM ${entry.sql} WHERE ${where}`;
        const [[count]] = await rows(`SELECT COUNT(*) FROM ${a.sql} WHERE ${where}`);
        all += Number(count);
        what.push(...(await only(rows, left, `${of(a)} EXCEPT ALL ${of(b)}`)));
        what.push(...(await only(rows, right, `${of(b)} EXCEPT ALL ${of(a)}`)));
      }
      if (what.length > 0) differences.push({ name, what });
    }
  });
  return { rows: all, differences };
}

async function only(rows, side, query) {
  const [[count]] = await rows(`SELECT COUNT(*) FROM (${query})`);
  if (Number(count) === 0) return [];
  const some = await rows(`SELECT to_json(r)::VARCHAR FROM (${query}) AS r ORDER BY ALL LIMIT ${SHOWN_ROWS}`);
  return [`${count} rows only ${side}, such as`, ...some.map(([row]) => `  ${row}`)];
}

/** Tables and views by "dataset.table". The definition leaves out the times, in which two warehouses differ. */
async function catalogOf(rows, side) {
  const stored = await rows(`SELECT body FROM ${side}.__bq.entries WHERE kind = 'relation'`);
  return new Map(
    stored.map(([body]) => {
      const { created: _, modified: __, sql, ...definition } = JSON.parse(body);
      const table = sql?.startsWith(ENGINE) ? `${side}.${sql.slice(ENGINE.length)}` : undefined;
      const name = `${definition.dataset}.${definition.id}`;
      return [name, { sql: table, definition: JSON.stringify(definition) }];
    }),
  );
}

/** Sums of doubles depend on their order in the last digits: nine of them are compared. */
async function columnsOf(rows, { sql }) {
  const described = await rows(`DESCRIBE ${sql}`);
  return described.map(([name, type]) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    return type === "DOUBLE" ? `format('{:.8e}', ${quoted}) AS ${quoted}` : quoted;
  });
}

async function attached(files, work) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const [name, file] of Object.entries(files))
      await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS ${name}`);
    await work(async (sql) => (await connection.run(sql)).getRowsJS());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
