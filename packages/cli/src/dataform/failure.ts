import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { caret } from "../format/caret.ts";
import type { Colors } from "../io.ts";
import type { CompiledAction } from "./graph.ts";
import { placeIn, placePattern, sourcePlace } from "./locate.ts";
import type { ActionFailure } from "./output.ts";

/** A failed action for people: its name, its file and line, GoogleSQL's own message, and the line with a caret. */
export function failureText(
  failure: ActionFailure,
  action: CompiledAction | undefined,
  project: string,
  colors: Colors,
): string {
  const file = action?.fileName;
  const place = placeIn(failure.message);
  const source =
    file && existsSync(join(project, file)) ? readFileSync(join(project, file), "utf8") : undefined;
  const found = place && source !== undefined ? sourcePlace(failure.statement, place, source) : undefined;
  if (file && found && source !== undefined) {
    // The message's own place counts lines of the compiled script, which nobody has before them.
    const message = failure.message.replace(placePattern, "");
    return block(
      failure.name,
      `${file}:${found.line}:${found.column}`,
      message,
      caret(source, found, colors),
      colors,
    );
  }
  const excerpt = place ? caret(failure.statement, place, colors) : "";
  const message = place ? `${failure.message} (of the compiled script)` : failure.message;
  return block(failure.name, file ?? "", message, excerpt, colors);
}

function block(name: string, where: string, message: string, excerpt: string, colors: Colors): string {
  const heading = `${colors.bold(name)}${where && `  ${colors.cyan(where)}`}`;
  return [heading, message, ...(excerpt ? ["", excerpt] : [])].map(indented).join("\n").replace(/^ {2}/, "");
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
