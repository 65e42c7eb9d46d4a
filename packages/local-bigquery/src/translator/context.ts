import { type AnyNode, Positions } from "../analyzer/nodes.ts";
import { type BigQueryError, type SourcePosition, unsupported } from "../errors.ts";
import type { FunctionTable } from "../functions/contract.ts";
import type { Column } from "../types/types.ts";

/** What a translation asks of its surroundings. The SQL answered is opaque: it may be a token replaced at execution. */
export interface TranslateContext {
  readonly functions: FunctionTable;
  /** The statement's text, for positions. */
  readonly sql: string;
  /** The byte of the analysed text where `sql` begins, if that is not all of it; positions count from there. */
  readonly textStart?: number;
  /** The quoted DuckDB relation of a table, or a parenthesised subquery for a view. */
  table(path: readonly string[]): { readonly sql: string; readonly columns: readonly Column[] };
  /** SQL of a script variable's current value. */
  constant(name: string): string;
  /** SQL of a query parameter, by lower-case name or by position from 1. */
  parameter(nameOrPosition: string | number): string;
  /** SQL of CURRENT_TIMESTAMP, fixed for the statement. */
  readonly now: string;
}

/** One statement's translation: its context and the names it has given so far. */
export class Translation {
  readonly context: TranslateContext;
  /** Columns of the WITH entries in sight: column ids by place. */
  readonly withEntries = new Map<string, readonly number[]>();
  /** Names of the recursive entries being defined, innermost last. */
  readonly recursive: string[] = [];
  private aliases = 0;
  private positions: Positions | undefined;
  private refusing = 0;
  private columns = 1_000_000_000;

  constructor(context: TranslateContext) {
    this.context = context;
  }

  /** A relation alias, unique in the statement, so that correlated references never capture. */
  alias(): string {
    this.aliases += 1;
    return `s${this.aliases}`;
  }

  /** An id for a column the analyzer does not know. */
  freshColumn(): number {
    this.columns += 1;
    return this.columns;
  }

  /** True where DuckDB takes no subqueries: in lambdas and in the conditions of outer joins. */
  get subqueriesRefused(): boolean {
    return this.refusing > 0;
  }

  withoutSubqueries<T>(work: () => T): T {
    this.refusing += 1;
    try {
      return work();
    } finally {
      this.refusing -= 1;
    }
  }

  /** Where a node stands; scans carry no place of their own, so the first part of them that does tells it. */
  position(node: AnyNode): SourcePosition | undefined {
    const start = firstOffset(node);
    if (start === undefined) return undefined;
    this.positions ??= new Positions(this.context.sql);
    return this.positions.at(start - (this.context.textStart ?? 0));
  }

  unsupported(what: string, node: AnyNode): BigQueryError {
    return unsupported(what, this.position(node));
  }
}

function firstOffset(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const { location } = node as Partial<AnyNode>;
  if (location) return location.start;
  const children = Object.entries(node).filter(([name]) => name !== "signature" && name !== "columnList");
  const offsets = children.map(([, child]) => firstOffset(child)).filter((offset) => offset !== undefined);
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
