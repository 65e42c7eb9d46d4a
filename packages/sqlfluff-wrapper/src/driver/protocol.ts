/** A slice of a rendered unit: its kind, its length in the source and in the rendered text, in code points. */
export type Slice = readonly [kind: "literal" | "templated", source: number, templated: number];

export interface LintRequest {
  /** Absolute; decides which .sqlfluff files apply. */
  readonly path: string;
  readonly source: string;
  readonly templated: string;
  readonly slices: readonly Slice[];
  /** Tells the tables named in the text. */
  readonly tables?: boolean;
  /** Codes of rules whose findings to mend. */
  readonly fix?: readonly string[];
}

/** Offsets are code points of the request's source. */
export interface DriverViolation {
  readonly start: number;
  readonly end: number;
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly warning: boolean;
  readonly fixable: boolean;
  readonly parse: boolean;
}

export interface LintAnswer {
  readonly violations: readonly DriverViolation[];
  readonly tables?: readonly { readonly start: number; readonly end: number; readonly name: string }[];
  readonly patches?: readonly (readonly [start: number, end: number, text: string])[];
}

export interface DriverSettings {
  readonly config?: string;
  readonly rules?: readonly string[];
  readonly exclude_rules?: readonly string[];
}

export interface Rule {
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly groups: readonly string[];
}

export interface Started {
  readonly version: string;
  readonly dialect: string;
  readonly indent: number;
  readonly maxLineLength: number;
  readonly rules: readonly Rule[];
}
