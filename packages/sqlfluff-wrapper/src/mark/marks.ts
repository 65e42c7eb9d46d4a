// Marks in compiled SQL: noncharacters of Unicode, which no text holds, around what came from one place of the source.
//   \uFDD0 id \uFDD1 ... \uFDD2
const open = "\uFDD0";
const named = "\uFDD1";
const close = "\uFDD2";

export const opening = (id: number | string): string => `${open}${id}${named}`;
export const closing = close;

/** Whether a text holds a mark character already: it then cannot be marked. */
export function isMarked(text: string): boolean {
  return /[\uFDD0-\uFDD2]/.test(text);
}

export type Marked = string | MarkNode;

export interface MarkNode {
  readonly id: number;
  /** Of a choice: which of its branches the compiler took. */
  readonly taken?: number;
  readonly children: readonly Marked[];
}

/** The tree of a marked text; undefined where marks are torn (a function cut the text it was given). */
export function parseMarks(text: string): readonly Marked[] | undefined {
  const root: Marked[] = [];
  const stack: { children: Marked[] }[] = [{ children: root }];
  for (const part of text.split(/(\uFDD0[\d:]+\uFDD1|\uFDD2)/)) {
    if (part === "") continue;
    const top = stack[stack.length - 1] as { children: Marked[] };
    const opened = /^\uFDD0(\d+)(?::(\d))?\uFDD1$/.exec(part);
    if (opened) {
      const children: Marked[] = [];
      const taken = opened[2] === undefined ? {} : { taken: Number(opened[2]) };
      top.children.push({ id: Number(opened[1]), ...taken, children });
      stack.push({ children });
    } else if (part === close) {
      if (stack.length === 1) return undefined;
      stack.pop();
    } else if (isMarked(part)) return undefined;
    else top.children.push(part);
  }
  return stack.length === 1 ? root : undefined;
}

/** The text as it would be without marks: of every choice, what the compiler took. */
export function unmarked(nodes: readonly Marked[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if (node.taken === undefined) return unmarked(node.children);
      const taken = node.children[node.taken];
      return taken === undefined ? "" : unmarked([taken]);
    })
    .join("");
}

/** Every marked node below, outermost first. */
export function* nodesIn(nodes: readonly Marked[]): Generator<MarkNode> {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    yield node;
    yield* nodesIn(node.children);
  }
}

export const moduleName = "sqlfluff_wrapper_marks";

/** The include that a marked copy calls, in the language of Dataform's sandbox. */
export const moduleText = `const mark = (id, text) => "\\uFDD0" + id + "\\uFDD1" + text + "\\uFDD2";
function pick(id, taken, branches) {
  if (!branches.every((branch) => typeof branch === "string")) return branches[taken];
  return mark(id + ":" + taken, branches.map((branch, place) => mark(0, branch)).join(""));
}
module.exports = {
  value: (id, value) => mark(id, \`\${value}\`),
  when: (id, condition, yes, no = "") => pick(id, condition ? 0 : 1, [yes, no]),
  ternary: (id, condition, yes, no) => {
    const taken = condition ? 0 : 1;
    const value = [yes, no][taken]();
    let other;
    try {
      other = [yes, no][1 - taken]();
    } catch (error) {
      return value;
    }
    return pick(id, taken, taken === 0 ? [value, other] : [other, value]);
  },
};
`;
