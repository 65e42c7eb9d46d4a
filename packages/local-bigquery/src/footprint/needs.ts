/** The way to a part of a value: places of struct fields, arrays on the way not counted; empty: the whole value. */
export type Path = readonly number[];

/** Which columns, and which of their fields, the steps above a relation read. Columns are resolved ids. */
export class Needs {
  private readonly paths = new Map<number, Path[]>();

  add(column: number, path: Path = []): void {
    const known = this.paths.get(column);
    if (known) known.push(path);
    else this.paths.set(column, [path]);
  }

  has(column: number): boolean {
    return this.paths.has(column);
  }

  of(column: number): readonly Path[] {
    return withoutInner(this.paths.get(column) ?? []);
  }
}

/** The paths that no shorter one of them contains, each once. */
export function withoutInner(paths: readonly Path[]): Path[] {
  const texts = new Map(paths.map((path) => [path.join("."), path]));
  return [...texts.values()].filter(
    (path) => !path.some((_, length) => texts.has(path.slice(0, length).join("."))),
  );
}
