/** Replacements in one text. Those at one place are applied in the order in which they were added. */
export class Edits {
  readonly #edits: { start: number; end: number; text: string }[] = [];

  insert(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text });
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  apply(source: string): string {
    let result = "";
    let at = 0;
    for (const { start, end, text } of [...this.#edits].sort((a, b) => a.start - b.start)) {
      result += source.slice(at, start) + text;
      at = end;
    }
    return result + source.slice(at);
  }
}
