// What a placeholder probably gives, for a file that the compiler gave nothing for.
import { childrenOf, type JsNode, parseExpression } from "../javascript/parse.ts";
import type { Origin } from "../mark/literals.ts";
import type { Marked } from "../mark/marks.ts";

/** As a compiled placeholder's mark would be. Literals in it are still the file's own. */
export function guessPlaceholder(
  file: string,
  text: string,
  start: number,
  end: number,
  origins: Origin[],
): Marked {
  const number = (kind: Origin["kind"], node: { start: number; end: number }): number =>
    origins.push({ kind, file, start: node.start, end: node.end }) - 1;
  const guess = (node: JsNode | undefined): Marked => {
    switch (node?.type) {
      case "TemplateLiteral":
        return {
          id: number("template", node),
          children: childrenOf(node).map((part) => {
            if (part.type !== "TemplateElement") return guess(part);
            const { raw } = part.value as { raw: string };
            return raw === "" ? "" : { id: number("literal", part), children: [raw] };
          }),
        };
      case "Literal":
        return typeof node.value === "string" ? node.value : String(node.raw);
      case "ConditionalExpression":
        return choice(node, [node.consequent as JsNode, node.alternate as JsNode]);
      case "CallExpression":
        return guessCall(node);
    }
    return "placeholder";
  };
  const choice = (node: JsNode, branches: readonly (JsNode | undefined)[]): Marked => ({
    id: number("choice", node),
    taken: 0,
    children: branches.map((branch) => ({ id: 0, children: branch ? [guess(branch)] : [] })),
  });
  const guessCall = (node: JsNode): Marked => {
    const callee = node.callee as JsNode;
    const named = callee.type === "MemberExpression" ? (callee.property as JsNode) : callee;
    const args = node.arguments as JsNode[];
    switch (named.name) {
      case "when":
        return choice(node, [args[1], args[2]]);
      case "ref":
      case "resolve":
        return tableName(text, args) ?? "some_table";
      case "self":
        return "this_table";
      case "incremental":
        return "false";
    }
    return "placeholder";
  };
  const expression = parseExpression(text, start + 2, end - 1);
  return { id: number("placeholder", { start, end }), children: [guess(expression)] };
}

function tableName(text: string, args: readonly JsNode[]): string | undefined {
  const names = args.map((arg) => /^["'`]([\w-]+)["'`]$/.exec(text.slice(arg.start, arg.end))?.[1]);
  return names.length > 0 && names.every(Boolean) ? `\`${names.join(".")}\`` : undefined;
}
