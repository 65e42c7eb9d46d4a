import { closeSync, openSync, readSync } from "node:fs";
import { sqlText } from "./conversion.ts";

/** The header's cells; undefined when the file has no complete header in its first megabyte. */
export function readHeader(file: string): string[] | undefined {
  const buffer = Buffer.alloc(1 << 20);
  const handle = openSync(file, "r");
  let text: string;
  try {
    text = buffer.toString("utf8", 0, readSync(handle, buffer, 0, buffer.length, 0)).replace(/^\uFEFF/, "");
  } finally {
    closeSync(handle);
  }
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') cell += text[++index];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      cells.push(cell);
      cell = "";
    } else if (character === "\n" || character === "\r") {
      return [...cells, cell];
    } else cell += character;
  }
  return quoted || (cells.length === 0 && cell === "") ? undefined : [...cells, cell];
}

/** A file as a relation of text columns c0, c1, ...; `options` are more of read_csv's, about malformed rows. */
export function csvRelation(file: string, cells: number, options?: string): string {
  const columns = Array.from({ length: cells }, (_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const format = `auto_detect=false, hive_partitioning=false, header=true, delim=',', quote='"', escape='"', nullstr=''`;
  return `read_csv(${sqlText(file)}, ${format}, columns={${columns}}${options ? `, ${options}` : ""})`;
}
