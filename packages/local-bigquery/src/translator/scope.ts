/** The columns an expression may name: those of its own relation, then of the queries around it. */
export class Scope {
  readonly columns: ReadonlyMap<number, string>;
  readonly outer: Scope | undefined;

  constructor(columns: ReadonlyMap<number, string>, outer?: Scope) {
    this.columns = columns;
    this.outer = outer;
  }

  /** SQL of a resolved column; a missing one is a defect of the translator, not of the statement. */
  find(id: number): string {
    const sql = this.columns.get(id) ?? this.outer?.find(id);
    if (sql === undefined) throw new Error(`Column ${id} is not in scope.`);
    return sql;
  }
}
