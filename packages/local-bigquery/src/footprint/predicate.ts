/**
 * What a condition says about single columns, in the form that partitions can be pruned by: comparisons of a column
 * with values that are the same for every row. Whatever else a condition says is "unknown", and prunes nothing.
 * Columns are resolved ids (numbers) on the way down a tree, and names once a table is reached.
 */
export type Predicate<C = number> =
  | { readonly kind: "unknown" }
  /** SQL of a condition without columns. */
  | { readonly kind: "constant"; readonly sql: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly Predicate<C>[] }
  | (Atom<C> & { readonly kind: "compare"; readonly operator: Comparison; readonly value: string })
  /** `column [NOT] IN UNNEST(array)` */
  | (Atom<C> & { readonly kind: "among"; readonly not: boolean; readonly array: string })
  | (Atom<C> & { readonly kind: "null"; readonly not: boolean });

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

interface Atom<C> {
  readonly column: C;
  /** A function that never falls as the column rises, such as DATE(column), around the column's SQL. */
  readonly around: Around;
}

export type Around = (sql: string) => string;

/** What a column of one relation is in the relation below it. */
export interface Origin<C> {
  readonly column: C;
  readonly around: Around;
}

export const UNKNOWN = { kind: "unknown" } as const;
export const plain: Around = (sql) => sql;

/** All conjuncts of a list of predicates as one. */
export function allOf<C>(parts: readonly Predicate<C>[]): Predicate<C> {
  return { kind: "and", parts };
}

export function anyOf<C>(parts: readonly Predicate<C>[]): Predicate<C> {
  return { kind: "or", parts };
}

/** The predicate in terms of the relation below; columns that are computed there become unknown. */
export function rename<C, D>(
  predicate: Predicate<C>,
  origin: (column: C) => Origin<D> | undefined,
): Predicate<D> {
  switch (predicate.kind) {
    case "unknown":
    case "constant":
      return predicate;
    case "and":
    case "or":
      return { kind: predicate.kind, parts: predicate.parts.map((part) => rename(part, origin)) };
    default: {
      const below = origin(predicate.column);
      if (!below) return UNKNOWN;
      const around: Around = (sql) => predicate.around(below.around(sql));
      return { ...predicate, column: below.column, around };
    }
  }
}

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** NOT predicate. */
export function negated<C>(predicate: Predicate<C>): Predicate<C> {
  switch (predicate.kind) {
    case "unknown":
      return predicate;
    case "constant":
      return { kind: "constant", sql: `(NOT ${predicate.sql})` };
    case "and":
      return anyOf(predicate.parts.map(negated));
    case "or":
      return allOf(predicate.parts.map(negated));
    case "compare":
      return { ...predicate, operator: OPPOSITE[predicate.operator] };
    default:
      return { ...predicate, not: !predicate.not };
  }
}

/** False where the predicate can be TRUE of a row whose columns are all NULL, as an outer join makes up. */
export function rejectsNull(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.parts.every(rejectsNull);
    case "null":
      return predicate.not;
    default:
      return true;
  }
}

/** True if the predicate can leave partitions out whatever else it says: a condition on the partition column in every case. */
export function limitsPartitions(predicate: Predicate<string>, column: string): boolean {
  switch (predicate.kind) {
    case "unknown":
    case "constant":
      return false;
    case "and":
      return predicate.parts.some((part) => limitsPartitions(part, column));
    case "or":
      return predicate.parts.length > 0 && predicate.parts.every((part) => limitsPartitions(part, column));
    default:
      return predicate.column.toLowerCase() === column.toLowerCase();
  }
}
