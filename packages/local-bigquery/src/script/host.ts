import type { Column, SqlType } from "../types/types.ts";
import type { ProcedureDefinition, Statement } from "./ast.ts";
import type { ScriptSource } from "./source.ts";
import type { Scope } from "./variables.ts";

export interface TypedValue {
  readonly type: SqlType;
  /** Canonical form (types/value.ts). */
  readonly value: unknown;
}

export interface Procedure {
  readonly source: ScriptSource;
  readonly body: readonly Statement[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: SqlType;
    readonly mode: "IN" | "OUT" | "INOUT";
  }[];
}

/** What a statement run by EXECUTE IMMEDIATE ... USING may refer to, beside variables. */
export interface Parameters {
  readonly named: ReadonlyMap<string, TypedValue>;
  readonly positional: readonly TypedValue[];
}

/**
 * What a script asks of the engine. Positions in the errors it throws are those of the text it was given; the
 * interpreter moves them to the script's.
 */
export interface ScriptHost {
  readonly projectId: string;
  /** Runs one statement and keeps its outcome as the job's latest; answers how many rows a DML statement changed. */
  run(sql: string, scope: Scope, parameters?: Parameters): Promise<number | undefined>;
  /** Runs a query for the script's own use. */
  query(
    sql: string,
    scope: Scope,
    parameters?: Parameters,
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly (readonly unknown[])[] }>;
  /** Evaluates `SELECT (expression)`, coerced to `target` as an assignment coerces. */
  evaluate(expression: string, scope: Scope, target?: SqlType): Promise<TypedValue>;
  /** Reads a type as GoogleSQL writes it. */
  typeNamed(text: string): Promise<SqlType>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  procedure(path: readonly string[]): Promise<Procedure>;
  /** `ddl` is the CREATE PROCEDURE statement's text. */
  createProcedure(definition: ProcedureDefinition, ddl: string): Promise<void>;
  dropProcedure(path: readonly string[], ifExists: boolean): Promise<void>;
  /** Throws when the job was cancelled or its time is up. */
  checkAlive(): void;
}

/** Characters that `evaluate` puts before an expression: "SELECT (". */
export const EXPRESSION_PREFIX = "SELECT (";
