import type { SectionKind } from "./sqlx/document.ts";

export type Severity = "error" | "warning";
/** How the text was rendered; "uncompiled": guessed, because the compiler gave nothing for it. */
export type RenderedAs = "full" | "incremental" | "branch" | "uncompiled";
export type UnitName = SectionKind | "script" | "config" | "file";

/** A finding. Lines and columns count from 1, columns in UTF-16 units, the end is exclusive. */
export interface Violation {
  /** Relative to the project's folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** sqlfluff's code, PRS and LXR for what does not parse, SW and a number for the wrapper's own rules. */
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly severity: Severity;
  readonly unit: UnitName;
  readonly variant: RenderedAs;
  readonly fixable: boolean;
}

export function byPlace(a: Violation, b: Violation): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
}
