import type { Place } from "../dataform/locate.ts";
import type { Colors } from "../io.ts";
import { displayWidth } from "./width.ts";

/** The line of a text with a caret under a place, and the line before it for orientation. */
export function caret(text: string, place: Place, colors: Colors): string {
  const lines = text.split("\n").map((line) => line.replace(/\t/g, " ").trimEnd());
  const line = lines[place.line - 1];
  if (line === undefined) return "";
  const gutter = String(place.line).length;
  const before = Array.from(line)
    .slice(0, place.column - 1)
    .join("");
  const shown = [place.line - 1, place.line]
    .filter((number) => number >= 1 && (number === place.line || lines[number - 1] !== ""))
    .map((number) => `${colors.dim(`${String(number).padStart(gutter)} │`)} ${lines[number - 1]}`);
  return [
    ...shown,
    `${colors.dim(`${" ".repeat(gutter)} │`)} ${" ".repeat(displayWidth(before))}${colors.red("^")}`,
  ].join("\n");
}
