import { readFileSync } from "node:fs";
import { isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import type { Problem, ProblemCode } from "../problems.ts";

export type JsonPath = readonly (string | number)[];
export type JsonObject = Record<string, unknown>;

/** `["schema", 0, "name"]` as `schema[0].name`. */
export function pathText(path: JsonPath): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index ? `.${part}` : part))
    .join("");
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A YAML file, its value and where each part of it stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: JsonObject;
  readonly problems: readonly Problem[];
  problem(code: ProblemCode, path: JsonPath, message: string): Problem;
}

/** Reads one YAML mapping. Syntax errors are in `problems`, with an empty value; only an unreadable file throws. */
export function readYaml(absolute: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(absolute, "utf8"), { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const offsetOf = (path: JsonPath): number => {
    // What is missing is reported at its nearest ancestor that is there.
    for (let length = path.length; length > 0; length--) {
      const parent = length > 1 ? document.getIn(path.slice(0, length - 1), true) : document.contents;
      const key = path[length - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isPair(item) && String(item.key) === key);
        if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
      }
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  };
  const problem = (code: ProblemCode, path: JsonPath, message: string): Problem => ({
    code,
    file,
    ...at(offsetOf(path)),
    path: pathText(path),
    message,
  });
  const problems: Problem[] = document.errors.map((error) => ({
    code: "yaml" as const,
    file,
    ...at(error.pos[0]),
    path: "",
    message: `not valid YAML: ${error.message.split("\n")[0]}`,
  }));
  let value: unknown = {};
  if (problems.length === 0) {
    value = document.toJS();
    if (!isObject(value)) {
      problems.push({
        code: "yaml",
        file,
        line: 1,
        column: 1,
        path: "",
        message: "a contract is a YAML mapping",
      });
    }
  }
  return { file, value: isObject(value) ? value : {}, problems, problem };
}
