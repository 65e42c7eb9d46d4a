// SQL inside JavaScript: string and template literals, and the choices between them. They are marked where they stand, so
// that the compiled SQL tells which of its characters are the file's own.
import { childrenOf, type JsNode, punctuationBetween } from "../javascript/parse.ts";
import type { Edits } from "./edits.ts";
import { closing, moduleName, opening } from "./marks.ts";

/** What a mark's number stands for. */
export interface Origin {
  readonly kind: "unit" | "placeholder" | "template" | "literal" | "choice";
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface MarkContext {
  readonly file: string;
  readonly text: string;
  readonly edits: Edits;
  readonly origins: Origin[];
}

export function number(context: MarkContext, kind: Origin["kind"], start: number, end: number): number {
  return context.origins.push({ kind, file: context.file, start, end }) - 1;
}

/** Functions whose arguments are names, not SQL. */
const naming = new Set([
  "ref",
  "resolve",
  "self",
  "name",
  "schema",
  "database",
  "require",
  "publish",
  "assert",
]);

/** Marks every literal of SQL below a node; true where there was one. */
export function markLiterals(context: MarkContext, node: JsNode): boolean {
  switch (node.type) {
    case "TemplateLiteral":
      return markTemplate(context, node);
    case "Literal":
      return typeof node.value === "string" && markString(context, node);
    case "TaggedTemplateExpression":
    case "BinaryExpression":
      // A tag and a comparison read the text itself; only `+` passes it on.
      if (node.type !== "BinaryExpression" || node.operator !== "+") return false;
      break;
    case "ConditionalExpression":
      return markTernary(context, node);
    case "CallExpression":
      return markCall(context, node);
    case "Property":
      return markLiterals(context, node.value as JsNode);
    case "MemberExpression":
      return markLiterals(context, node.object as JsNode);
    case "SwitchCase":
      return (node.consequent as JsNode[]).map((child) => markLiterals(context, child)).some(Boolean);
    case "ImportDeclaration":
      return false;
    case "ExpressionStatement":
      if (typeof node.directive === "string") return false;
      break;
  }
  return childrenOf(node)
    .map((child) => markLiterals(context, child))
    .some(Boolean);
}

function markTemplate(context: MarkContext, node: JsNode): boolean {
  const parts = childrenOf(node);
  if (!parts.some((part) => part.type === "TemplateElement" && isSql(cookedAsWritten(part))))
    return parts.map((part) => markLiterals(context, part)).some(Boolean);
  // The marks stand inside the space around a template, so that a function may trim it.
  const start = node.start + 1 + leading(cookedAsWritten(parts[0] as JsNode));
  const end = node.end - 1 - trailing(cookedAsWritten(parts[parts.length - 1] as JsNode));
  const id = number(context, "template", node.start, node.end);
  context.edits.insert(start, opening(id));
  for (const part of parts) {
    if (part.type !== "TemplateElement") markLiterals(context, part);
    else if (cookedAsWritten(part) !== "")
      markText(context, Math.max(part.start, start), Math.min(part.end, end));
  }
  context.edits.insert(end, closing);
  return true;
}

function leading(text: string): number {
  return text.length - text.trimStart().length;
}

function trailing(text: string): number {
  return text.length - text.trimEnd().length;
}

/** The element's text if it means itself; nothing where a backslash stands for something else. */
function cookedAsWritten(element: JsNode): string {
  const { raw, cooked } = element.value as { raw: string; cooked: string | null };
  return raw === cooked ? raw : "";
}

function markString(context: MarkContext, node: JsNode): boolean {
  const raw = context.text.slice(node.start + 1, node.end - 1);
  if (!isSql(raw.trim()) || raw !== node.value) return false;
  return markText(context, node.start + 1 + leading(raw), node.end - 1 - trailing(raw));
}

/** A text without a space is a name or a part of one: functions look such texts up. */
function isSql(text: string): boolean {
  return /\S\s|\s\S/.test(text);
}

function markText(context: MarkContext, start: number, end: number): boolean {
  if (start >= end) return false;
  const id = number(context, "literal", start, end);
  context.edits.insert(start, opening(id));
  context.edits.insert(end, closing);
  return true;
}

function markCall(context: MarkContext, node: JsNode): boolean {
  const callee = node.callee as JsNode;
  const args = node.arguments as JsNode[];
  const called = calledName(callee);
  if (naming.has(called)) {
    // publish("name", {...}) and the like: what follows the name may hold functions that give SQL.
    return args
      .filter((arg) => arg.type === "ObjectExpression" || arg.type.endsWith("FunctionExpression"))
      .map((arg) => markLiterals(context, arg))
      .some(Boolean);
  }
  const [condition, ...branches] = args;
  if (called !== "when" || !condition || branches.length < 1 || branches.length > 2) {
    return [callee, ...args].map((child) => markLiterals(context, child)).some(Boolean);
  }
  const open = context.text.indexOf("(", callee.end);
  const id = number(context, "choice", node.start, node.end);
  context.edits.replace(callee.start, callee.end, `${moduleName}.when`);
  context.edits.insert(open + 1, `${id},`);
  markLiterals(context, condition);
  for (const branch of branches) markLiterals(context, branch);
  return true;
}

function calledName(callee: JsNode): string {
  const named = callee.type === "MemberExpression" ? (callee.property as JsNode) : callee;
  return named.type === "Identifier" ? String(named.name) : "";
}

/** `a ? b : c` where b or c holds SQL: both are told, and which of them was taken. */
function markTernary(context: MarkContext, node: JsNode): boolean {
  const { text, edits } = context;
  const [test, yes, no] = [node.test, node.consequent, node.alternate] as [JsNode, JsNode, JsNode];
  const question = punctuationBetween(text, "?", test.end, yes.start);
  const colon = punctuationBetween(text, ":", yes.end, no.start);
  if (!holdsSql(context, yes) && !holdsSql(context, no)) return markLiterals(context, test);
  const id = number(context, "choice", node.start, node.end);
  edits.insert(node.start, `${moduleName}.ternary(${id},(`);
  markLiterals(context, test);
  edits.replace(question, question + 1, "\n),()=>(");
  markLiterals(context, yes);
  edits.replace(colon, colon + 1, "\n),()=>(");
  markLiterals(context, no);
  edits.insert(node.end, "\n))");
  return true;
}

function holdsSql(context: MarkContext, node: JsNode): boolean {
  if (node.type !== "TemplateLiteral" && node.type !== "Literal" && node.type !== "ConditionalExpression")
    return false;
  return isSql(context.text.slice(node.start + 1, node.end - 1));
}
