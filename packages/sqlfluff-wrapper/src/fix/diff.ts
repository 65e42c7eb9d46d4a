export interface Edit {
  /** Offsets in the text as it was. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Beyond this a change is taken as a whole. */
const mostCells = 4_000_000;

/** The smallest changes, token by token, that make one text of another. */
export function edits(was: string, is: string): Edit[] {
  const a = was.match(tokenPattern) ?? [];
  const b = is.match(tokenPattern) ?? [];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  const before = a.slice(0, head).join("").length;
  return between(a.slice(head, a.length - tail), b.slice(head, b.length - tail), before);
}

const tokenPattern = /[\p{L}\p{N}_]+|\n|[^\S\n]+|[^\p{L}\p{N}_\s]/gu;

function between(a: readonly string[], b: readonly string[], offset: number): Edit[] {
  if (a.length === 0 && b.length === 0) return [];
  if (a.length * b.length > mostCells)
    return [{ start: offset, end: offset + a.join("").length, text: b.join("") }];
  const longest = commonLengths(a, b);
  const result: Edit[] = [];
  let [i, j, at] = [0, 0, offset];
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      at += a[i]?.length ?? 0;
      i++;
      j++;
      continue;
    }
    const start = at;
    let text = "";
    while ((i < a.length || j < b.length) && (i >= a.length || a[i] !== b[j])) {
      const drop = longest[(i + 1) * (b.length + 1) + j] ?? -1;
      const add = longest[i * (b.length + 1) + j + 1] ?? -1;
      if (i < a.length && (j >= b.length || drop >= add)) {
        at += a[i]?.length ?? 0;
        i++;
      } else {
        text += b[j];
        j++;
      }
    }
    result.push({ start, end: at, text });
  }
  return result;
}

/** For each pair of ends, the length of what they have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}
