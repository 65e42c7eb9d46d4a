import type { Colors, Output } from "../io.ts";
import type { QueryAnswer } from "../warehouse/client.ts";
import { isNumeric, toText } from "../warehouse/values.ts";
import { printedWidth, table } from "./table.ts";

/** A whole answer as a table, or, where that is wider than the terminal, as one block of lines a row. */
export async function answerTable(answer: QueryAnswer, stream: Output, colors: Colors): Promise<string> {
  const { fields } = answer;
  const rows: (string | null)[][] = [];
  for await (const page of answer.pages) {
    for (const row of page) rows.push(fields.map((field, place) => toText(row[place] ?? null, field)));
  }
  const columns = fields.map((field) => ({
    title: field.name,
    align: isNumeric(field) ? ("right" as const) : ("left" as const),
  }));
  const text = await table(
    columns,
    rows.map((row) => row.map(oneLine)),
    colors,
  );
  const room = stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  return printedWidth(text.split("\n")[1] ?? "") <= room ? text : blocks(answer, rows, colors);
}

function oneLine(cell: string | null): string | null {
  return cell === null ? null : cell.replace(/\r?\n/g, "⏎");
}

function blocks(answer: QueryAnswer, rows: readonly (readonly (string | null)[])[], colors: Colors): string {
  const width = Math.max(...answer.fields.map((field) => printedWidth(field.name)));
  return rows
    .map((row, number) => {
      const lines = answer.fields.map((field, place) => {
        const name = field.name + " ".repeat(width - printedWidth(field.name));
        return `${colors.dim(name)}  ${row[place] ?? colors.dim("NULL")}`;
      });
      return [colors.dim(`── row ${number + 1} ${"─".repeat(Math.max(0, width - 4))}`), ...lines].join("\n");
    })
    .join("\n");
}
