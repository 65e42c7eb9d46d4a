import { placeIn } from "../dataform/locate.ts";
import { atFault, exitCode, wrongUse } from "../errors.ts";
import { answerTable } from "../format/answer.ts";
import { bytesText } from "../format/bytes.ts";
import { caret } from "../format/caret.ts";
import { csvLine } from "../format/csv.ts";
import { count, table } from "../format/table.ts";
import { type Colors, colorsFor, type Io, write } from "../io.ts";
import { State } from "../state/state.ts";
import { ApiError, type Client, type QueryAnswer } from "../warehouse/client.ts";
import { withWarehouse } from "../warehouse/session.ts";
import { toJson, toText, typeText } from "../warehouse/values.ts";
import { type Command, flag, stateOption, text } from "./command.ts";

const tableRows = 100;

export const query: Command = {
  name: "query",
  summary: "ask the local warehouse in GoogleSQL",
  description:
    "Runs one statement or script against the local warehouse and prints its result. JSON is an array of objects: INT64 a " +
    "number where it is exact (else a string), NUMERIC a string, TIMESTAMP ISO 8601 in UTC, ARRAY an array, STRUCT an object, " +
    "NULL null. CSV has a heading; NULL is an empty cell, arrays and structs are JSON.",
  argument: { usage: "<sql>", description: 'the statement; "-" reads it from standard input' },
  options: [
    {
      flags: "--format <format>",
      description: "how to print it",
      default: "table",
      choices: ["table", "json", "csv"],
    },
    {
      flags: "--dry-run",
      description:
        "check the statement without running it; print its result's columns and the bytes it would process",
    },
    {
      flags: "--max-rows <n>",
      description: `print at most n rows (default: ${tableRows} in a table, all in json and csv)`,
    },
    stateOption,
  ],
  examples: [
    ['growth query "SELECT COUNT(*) FROM redcdm.dwd_ecm_trd_order_line_di"', "one number"],
    ["growth query --format csv - < report.sql > report.csv", "a file of SQL to a file of rows"],
  ],
  async run(io, options, argument) {
    const sql = argument === "-" ? await readAll(io) : argument;
    if (sql.trim() === "") throw wrongUse("The statement is empty.", 'growth query "SELECT 1"');
    const format = text(options, "format") ?? "table";
    const maxRows = rowLimit(text(options, "maxRows"), format);
    const state = new State(io.cwd, options.state);
    const colors = colorsFor(io.stdout, io.env);
    await withWarehouse(state, async (client) => {
      try {
        if (flag(options, "dryRun")) await printDryRun(io, client, sql, format, colors);
        else await print(io, await client.query(sql, maxRows), format, colors);
      } catch (error) {
        throw error instanceof ApiError ? rejected(error, sql, io) : error;
      }
    });
    return exitCode.ok;
  },
};

function rowLimit(option: string | undefined, format: string): number {
  if (option === undefined) return format === "table" ? tableRows : Number.POSITIVE_INFINITY;
  const rows = Number(option);
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw wrongUse(
      `--max-rows ${option} is not a number of rows.`,
      "Write a whole number from 1, such as --max-rows 1000.",
    );
  }
  return rows;
}

async function print(io: Io, answer: QueryAnswer, format: string, colors: Colors): Promise<void> {
  if (format === "json") return printJson(io, answer);
  if (format === "csv") return printCsv(io, answer);
  if (answer.fields.length === 0) {
    const changed = answer.affectedRows;
    await write(io.stdout, changed === undefined ? "Done.\n" : `Done: ${count(changed)} rows changed.\n`);
    return;
  }
  await write(io.stdout, `${await answerTable(answer, io.stdout, colors)}\n`);
  const total = answer.totalRows;
  await write(io.stdout, `${colors.dim(total === 1 ? "1 row" : `${count(total)} rows`)}\n`);
  if (total > tableRows) await write(io.stderr, `Not all rows are shown: --max-rows ${total} shows them.\n`);
}

async function printJson(io: Io, answer: QueryAnswer): Promise<void> {
  let separator = "[\n";
  for await (const page of answer.pages) {
    let chunk = "";
    for (const row of page) {
      const object = Object.fromEntries(
        answer.fields.map((field, place) => [field.name, toJson(row[place] ?? null, field)]),
      );
      chunk += `${separator}${JSON.stringify(object)}`;
      separator = ",\n";
    }
    if (chunk) await write(io.stdout, chunk);
  }
  await write(io.stdout, separator === "[\n" ? "[]\n" : "\n]\n");
}

async function printCsv(io: Io, answer: QueryAnswer): Promise<void> {
  await write(io.stdout, csvLine(answer.fields.map((field) => field.name)));
  for await (const page of answer.pages) {
    const lines = page.map((row) =>
      csvLine(answer.fields.map((field, place) => toText(row[place] ?? null, field))),
    );
    if (lines.length > 0) await write(io.stdout, lines.join(""));
  }
}

async function printDryRun(
  io: Io,
  client: Client,
  sql: string,
  format: string,
  colors: Colors,
): Promise<void> {
  const plan = await client.dryRun(sql);
  if (format === "json") {
    const columns = plan.fields.map((field) => ({ name: field.name, type: typeText(field) }));
    const { statementType, bytes, tables } = plan;
    await write(
      io.stdout,
      `${JSON.stringify({ statementType, columns, tables, bytesProcessed: bytes }, null, 2)}\n`,
    );
    return;
  }
  const read =
    plan.tables.length > 0 ? ` Processes ${bytesText(plan.bytes)} of ${plan.tables.join(", ")}.` : "";
  await write(io.stdout, `Valid ${plan.statementType || "script"}.${read}\n`);
  if (plan.fields.length > 0) {
    const rows = plan.fields.map((field) => [field.name, typeText(field)]);
    await write(io.stdout, `\n${await table([{ title: "column" }, { title: "type" }], rows, colors)}\n`);
  }
}

function rejected(error: ApiError, sql: string, io: Io) {
  const place = placeIn(error.message);
  return atFault(error.message, place ? caret(sql, place, colorsFor(io.stderr, io.env)) : "");
}

async function readAll(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
