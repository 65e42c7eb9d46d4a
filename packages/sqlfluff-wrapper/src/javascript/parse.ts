import * as acorn from "acorn";

const options: acorn.Options = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
};

/** A node of JavaScript's syntax tree, its fields open. */
export type JsNode = acorn.Node & Readonly<Record<string, unknown>>;

/** The expression of a placeholder, `undefined` where it does not parse: what it holds is then not looked into. */
export function parseExpression(text: string, start: number, end: number): JsNode | undefined {
  try {
    return acorn.parseExpressionAt(text.slice(0, end), start, options) as unknown as JsNode;
  } catch {
    return undefined;
  }
}

/** Statements: a `js {}` block's or a whole file's. Offsets are those of `text`. */
export function parseStatements(text: string, start = 0, end = text.length): JsNode | undefined {
  try {
    // The text before is blanked, so that offsets stay.
    const blanked = text.slice(0, start).replace(/[^\n]/g, " ") + text.slice(start, end);
    return acorn.parse(blanked, options) as unknown as JsNode;
  } catch {
    return undefined;
  }
}

/** The offset after the `}` that ends the placeholder whose expression starts at `start`. */
export function expressionEnd(text: string, start: number): number | undefined {
  const expression = parseExpression(text, start, text.length);
  if (!expression) return undefined;
  const rest = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/|\))*\}/.exec(text.slice(expression.end));
  return rest ? expression.end + rest[0].length : undefined;
}

/** Direct child nodes, in the order of the text. */
export function childrenOf(node: JsNode): JsNode[] {
  const children: JsNode[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item && typeof item === "object" && typeof (item as JsNode).type === "string")
        children.push(item as JsNode);
    }
  }
  return children.sort((a, b) => a.start - b.start);
}

/** The first token `punctuation` between two offsets; strings and comments there are skipped. */
export function punctuationBetween(text: string, punctuation: string, start: number, end: number): number {
  const between = text
    .slice(start, end)
    .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length));
  const found = between.indexOf(punctuation);
  return found < 0 ? -1 : start + found;
}
