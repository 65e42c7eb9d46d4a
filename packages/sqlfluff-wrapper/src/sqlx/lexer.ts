import { type StateName, states, type TokenKind } from "./states.ts";

/** A stretch of a .sqlx file; `children` where a block, a placeholder or a quoted string was entered. */
export interface Node {
  readonly kind: TokenKind;
  readonly start: number;
  end: number;
  /** The state that was entered, of nodes with children. */
  readonly state?: StateName;
  readonly children: Node[];
  /** False where the file ends before the node does. */
  closed: boolean;
}

/** Lexes a file as Dataform does. Newlines must be `\n`. */
export function lex(text: string): Node {
  const root: Node = { kind: "text", start: 0, end: text.length, state: "sqlx", children: [], closed: true };
  const open: Node[] = [root];
  let at = 0;
  while (at < text.length) {
    const current = open[open.length - 1] as Node;
    const found = tokenAt(text, at, current.state as StateName);
    const end = at + found.length;
    if (found.push) {
      const node: Node = {
        kind: found.kind,
        start: at,
        end: text.length,
        state: found.push,
        children: [],
        closed: false,
      };
      current.children.push(node);
      open.push(node);
    } else if (found.pop && open.length > 1) {
      current.end = end;
      current.closed = true;
      open.pop();
    } else {
      append(current.children, found.kind === "close" ? "text" : found.kind, at, end);
    }
    at = end;
  }
  return root;
}

/** Text runs grow; comments and separators stand alone. */
function append(nodes: Node[], kind: TokenKind, start: number, end: number): void {
  const last = nodes[nodes.length - 1];
  if (kind === "text" && last?.kind === "text" && last.end === start && last.children.length === 0)
    last.end = end;
  else nodes.push({ kind, start, end, children: [], closed: true });
}

function tokenAt(
  text: string,
  at: number,
  state: StateName,
): { kind: TokenKind; length: number; push?: StateName; pop?: true } {
  for (const { kind, match, push, pop } of states[state]) {
    match.lastIndex = at;
    const found = match.exec(text);
    if (found && found[0].length > 0)
      return { kind, length: found[0].length, ...(push ? { push } : {}), ...(pop ? { pop } : {}) };
  }
  return { kind: "text", length: 1 };
}
