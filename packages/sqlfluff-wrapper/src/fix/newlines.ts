/** A changed text with the line ends of what it was made from: a file's own, and those of each line that stayed. */
export function withLineEnds(original: string, changed: string): string {
  if (!original.includes("\r")) return changed;
  const before = original.match(/[^\r\n]*(?:\r\n|\r|\n|$)/g) ?? [];
  const ends = before.map((line) => /[\r\n]+$/.exec(line)?.[0] ?? "");
  const common = most(ends.filter((end) => end !== ""));
  if (ends.every((end) => end === "" || end === common)) return changed.replaceAll("\n", common);
  // Mixed: lines that stayed keep theirs, matched from both sides.
  const was = before.map((line) => line.replace(/[\r\n]+$/, ""));
  const now = changed.split("\n");
  let head = 0;
  while (head < now.length - 1 && head < was.length - 1 && now[head] === was[head]) head++;
  const shift =
    was.filter((_, index) => index < was.length - (ends[ends.length - 1] === "" ? 1 : 0)).length -
    (now.length - 1);
  let tail = now.length - 1;
  while (tail > head && now[tail - 1] === was[tail - 1 + shift]) tail--;
  return now
    .map((line, index) => {
      if (index === now.length - 1) return line;
      const end = index < head ? ends[index] : index >= tail ? ends[index + shift] : common;
      return line + (end || common);
    })
    .join("");
}

function most(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "\n";
}
