import { BigQueryError } from "../errors.ts";
import { sameType } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import type { Branch, Range, Statement } from "./ast.ts";
import { EXPRESSION_PREFIX, type Parameters, type ScriptHost, type TypedValue } from "./host.ts";
import { variableName } from "./script.ts";
import type { ScriptSource } from "./source.ts";
import { Scope } from "./variables.ts";

/** How a list of statements ended. */
type Outcome =
  | { readonly kind: "done" | "return" }
  | { readonly kind: "break" | "continue"; readonly label?: string };

const DONE: Outcome = { kind: "done" };
const MAX_CALL_DEPTH = 50;

type Loop = Extract<Statement, { kind: "loop" | "while" | "repeat" | "for" }>;
type OfKind<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** Walks a script's control flow; whatever computes goes through the host. */
export class Interpreter {
  private readonly source: ScriptSource;
  private readonly host: ScriptHost;
  private readonly depth: number;
  private readonly located: boolean;
  /** The errors being handled, innermost last: a bare RAISE throws the last one again. */
  private readonly handled: BigQueryError[] = [];
  /** The text of the piece that failed last. */
  private failed: string | undefined;

  constructor(source: ScriptSource, host: ScriptHost, options: { depth?: number; located?: boolean } = {}) {
    this.source = source;
    this.host = host;
    this.depth = options.depth ?? 0;
    this.located = options.located ?? true;
  }

  /** Runs a whole script or a procedure's body. */
  async execute(statements: readonly Statement[], scope = new Scope()): Promise<void> {
    scope.define(variableName("row_count"), { kind: "INT64" }, null);
    scope.define(variableName("project_id"), { kind: "STRING" }, this.host.projectId);
    await this.list(statements, new Scope(scope));
  }

  private async list(statements: readonly Statement[], scope: Scope): Promise<Outcome> {
    for (const statement of statements) {
      const outcome = await this.statement(statement, scope);
      if (outcome.kind !== "done") return outcome;
    }
    return DONE;
  }

  private async statement(statement: Statement, scope: Scope): Promise<Outcome> {
    this.host.checkAlive();
    switch (statement.kind) {
      case "sql": {
        const text = this.source.slice(statement.range);
        const changed = await this.at(statement.range, () => this.host.run(text, scope));
        if (changed !== undefined) scope.get(variableName("row_count")).value = BigInt(changed);
        return DONE;
      }
      case "declare":
        await this.declare(statement, scope);
        return DONE;
      case "set":
        await this.set(statement, scope);
        return DONE;
      case "if":
        for (const branch of statement.branches) {
          if (await this.condition(branch.condition, scope)) return this.list(branch.body, scope);
        }
        return this.list(statement.otherwise, scope);
      case "case":
        return this.case(statement, scope);
      case "loop":
      case "while":
      case "repeat":
      case "for":
        return this.loop(statement, scope);
      case "block":
        return this.block(statement, scope);
      case "raise":
        return this.raise(statement, scope);
      case "break":
      case "continue":
        return statement.label ? { kind: statement.kind, label: statement.label } : { kind: statement.kind };
      case "return":
        return { kind: "return" };
      case "begin":
      case "commit":
      case "rollback":
        await this.at(statement.range, () => this.host[statement.kind]());
        return DONE;
      case "execute":
        await this.executeImmediate(statement, scope);
        return DONE;
      case "call":
        await this.call(statement, scope);
        return DONE;
      case "createProcedure": {
        const ddl = this.source.original(statement.range);
        await this.at(statement.range, () => this.host.createProcedure(statement, ddl));
        return DONE;
      }
      case "dropProcedure":
        await this.at(statement.range, () => this.host.dropProcedure(statement.path, statement.ifExists));
        return DONE;
    }
  }

  private async declare(statement: OfKind<"declare">, scope: Scope): Promise<void> {
    const target = statement.type && (await this.type(statement.type));
    const initial: TypedValue = statement.value
      ? await this.evaluate(statement.value, scope, target)
      : { type: target as SqlType, value: null };
    await this.at(statement.range, async () => {
      for (const name of statement.names) scope.declare(name, initial.type, initial.value);
    });
  }

  private async set(statement: OfKind<"set">, scope: Scope): Promise<void> {
    const variables = await this.at(statement.range, async () =>
      statement.names.map((name) => scope.get(name)),
    );
    if (!statement.fromStruct) {
      const variable = variables[0] as (typeof variables)[0];
      variable.value = (await this.evaluate(statement.value, scope, variable.type)).value;
      return;
    }
    // The struct's fields are coerced to the variables one by one, as an assignment of a struct of their types.
    const target: SqlType = {
      kind: "STRUCT",
      fields: variables.map((variable) => ({ name: "", type: variable.type })),
    };
    const { value } = await this.evaluate(statement.value, scope, target);
    if (value === null) {
      await this.at(statement.range, async () => {
        throw new BigQueryError("invalidQuery", "Cannot assign NULL struct to a list of variables");
      });
    }
    variables.forEach((variable, place) => {
      variable.value = (value as unknown[])[place];
    });
  }

  private async case(statement: OfKind<"case">, scope: Scope): Promise<Outcome> {
    for (const branch of statement.branches) {
      if (await this.caseMatches(statement.operand, branch, scope)) return this.list(branch.body, scope);
    }
    if (statement.otherwise) return this.list(statement.otherwise, scope);
    return this.at(statement.range, async () => {
      throw new BigQueryError("invalidQuery", "No matching WHEN clause in CASE statement and no ELSE clause");
    });
  }

  private async caseMatches(operand: Range | undefined, branch: Branch, scope: Scope): Promise<boolean> {
    if (!operand) return this.condition(branch.condition, scope);
    const text = `(${this.source.slice(operand)}) = (${this.source.slice(branch.condition)})`;
    return (await this.at(branch.condition, () => this.host.evaluate(text, scope))).value === true;
  }

  private async loop(statement: Loop, scope: Scope): Promise<Outcome> {
    const turns = statement.kind === "for" ? await this.forTurns(statement, scope) : undefined;
    for (let turn = 0; ; turn += 1) {
      this.host.checkAlive();
      let inner = scope;
      if (turns) {
        if (turn >= turns.rows.length) return DONE;
        inner = new Scope(scope);
        inner.declare((statement as OfKind<"for">).variable, turns.type, turns.rows[turn]);
      }
      if (statement.kind === "while" && !(await this.condition(statement.condition, scope))) return DONE;
      const outcome = await this.list(statement.body, inner);
      if (outcome.kind === "return") return outcome;
      if (outcome.kind === "break" || outcome.kind === "continue") {
        const mine = !outcome.label || outcome.label.toLowerCase() === statement.label?.toLowerCase();
        if (!mine) return outcome;
        if (outcome.kind === "break") return DONE;
      }
      if (statement.kind === "repeat" && (await this.condition(statement.until, scope))) return DONE;
      // A loop that never waits for the engine would otherwise starve every other request.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async forTurns(statement: OfKind<"for">, scope: Scope) {
    const { columns, rows } = await this.at(statement.query, () =>
      this.host.query(this.source.slice(statement.query), scope),
    );
    return { type: { kind: "STRUCT", fields: columns } satisfies SqlType, rows };
  }

  private async block(statement: OfKind<"block">, scope: Scope): Promise<Outcome> {
    let outcome: Outcome;
    try {
      outcome = await this.list(statement.body, new Scope(scope));
    } catch (error) {
      const catchable =
        error instanceof BigQueryError && error.reason !== "stopped" && error.reason !== "timeout";
      if (!statement.handler || !catchable) throw error;
      this.handled.push(error);
      const inner = new Scope(scope);
      defineError(inner, error, this.failed ?? "");
      try {
        outcome = await this.list(statement.handler, new Scope(inner));
      } finally {
        this.handled.pop();
      }
    }
    const label = statement.label?.toLowerCase();
    const leaves = outcome.kind === "break" && label !== undefined && outcome.label?.toLowerCase() === label;
    return leaves ? DONE : outcome;
  }

  private async raise(statement: OfKind<"raise">, scope: Scope): Promise<Outcome> {
    const current = this.handled.at(-1);
    if (!statement.message) {
      if (current) throw current;
      return this.at(statement.range, async () => {
        throw new BigQueryError(
          "invalidQuery",
          "Cannot re-raise an existing exception outside of an exception handler",
        );
      });
    }
    const { value } = await this.evaluate(statement.message, scope, { kind: "STRING" });
    return this.at(statement.range, async () => {
      throw new BigQueryError("invalidQuery", String(value ?? "RAISE USING MESSAGE with NULL"));
    });
  }

  private async executeImmediate(statement: OfKind<"execute">, scope: Scope): Promise<void> {
    const { value: sql } = await this.evaluate(statement.sql, scope, { kind: "STRING" });
    const named = new Map<string, TypedValue>();
    const positional: TypedValue[] = [];
    for (const argument of statement.using) {
      const value = await this.evaluate(argument.value, scope);
      if (argument.alias) named.set(argument.alias.toLowerCase(), value);
      else positional.push(value);
    }
    const parameters: Parameters = { named, positional };
    const variables = statement.into.map((name) => scope.get(name));
    // Positions inside the dynamic statement would point nowhere in this text: the error stands where EXECUTE stands.
    await this.at(
      statement.range,
      async () => {
        if (sql === null)
          throw new BigQueryError("invalidQuery", "SQL created in EXECUTE IMMEDIATE cannot be null");
        // The statement does not see the script's variables.
        if (variables.length === 0) return void (await this.host.run(String(sql), new Scope(), parameters));
        const { columns, rows } = await this.host.query(String(sql), new Scope(), parameters);
        if (columns.length !== variables.length) {
          throw new BigQueryError(
            "invalidQuery",
            `The number of columns (${columns.length}) in the query of EXECUTE IMMEDIATE must match the number of variables (${variables.length}) in INTO`,
          );
        }
        if (rows.length > 1) {
          throw new BigQueryError("invalidQuery", "EXECUTE IMMEDIATE ... INTO returned more than one row");
        }
        for (const [place, variable] of variables.entries()) {
          const { type } = columns[place] as Column;
          const value = rows[0]?.[place] ?? null;
          variable.value = sameType(variable.type, type)
            ? value
            : await this.coerced(value, type, variable.type);
        }
      },
      { dynamic: true },
    );
  }

  /** A value as an assignment to another type coerces it. */
  private async coerced(value: unknown, from: SqlType, to: SqlType): Promise<unknown> {
    const scope = new Scope();
    scope.declare("_into", from, value);
    return (await this.host.evaluate("_into", scope, to)).value;
  }

  private async call(statement: OfKind<"call">, scope: Scope): Promise<void> {
    if (this.depth >= MAX_CALL_DEPTH) {
      throw new BigQueryError("invalidQuery", `Out of stack space: calls nest deeper than ${MAX_CALL_DEPTH}`);
    }
    const procedure = await this.at(statement.range, () => this.host.procedure(statement.path));
    const name = statement.path.join(".");
    if (procedure.parameters.length !== statement.args.length) {
      const counts = `expects ${procedure.parameters.length} arguments, got ${statement.args.length}`;
      throw new BigQueryError(
        "invalidQuery",
        `Procedure ${name} ${counts}`,
        this.source.position(statement.range),
      );
    }
    const inner = new Scope();
    for (const [place, parameter] of procedure.parameters.entries()) {
      const range = statement.args[place] as Range;
      const value =
        parameter.mode === "OUT" ? null : (await this.evaluate(range, scope, parameter.type)).value;
      inner.declare(parameter.name, parameter.type, value);
    }
    const body = new Interpreter(procedure.source, this.host, { depth: this.depth + 1 });
    await this.at(statement.range, () => body.execute(procedure.body, new Scope(inner)), { dynamic: true });
    for (const [place, parameter] of procedure.parameters.entries()) {
      if (parameter.mode === "IN") continue;
      const target = scope.find(this.source.slice(statement.args[place] as Range).trim());
      if (!target)
        throw new BigQueryError("invalidQuery", `Argument ${place + 1} of ${name} must be a variable`);
      target.value = inner.get(parameter.name).value;
    }
  }

  private async condition(range: Range, scope: Scope): Promise<boolean> {
    return (await this.evaluate(range, scope, { kind: "BOOL" })).value === true;
  }

  private evaluate(range: Range, scope: Scope, target?: SqlType): Promise<TypedValue> {
    const expression = this.source.slice(range);
    return this.at(range, () => this.host.evaluate(expression, scope, target), {
      prefix: EXPRESSION_PREFIX.length,
    });
  }

  private type(range: Range): Promise<SqlType> {
    return this.at(range, () => this.host.typeNamed(this.source.slice(range)));
  }

  private async at<T>(
    range: Range,
    work: () => Promise<T>,
    options: { prefix?: number; dynamic?: boolean } = {},
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.failed = this.source.slice(range);
      if (options.dynamic && error instanceof BigQueryError && error.position) {
        const start = this.source.position(range);
        throw new BigQueryError(
          error.reason,
          `${error.message}; in the statement at [${start.line}:${start.column}]`,
        );
      }
      throw this.source.relocate(error, range, { prefix: options.prefix ?? 0, locate: this.located });
    }
  }
}

/** What a handler reads as @@error.*; stack traces are the message alone. */
export function defineError(scope: Scope, error: BigQueryError | undefined, statement: string): void {
  const string: SqlType = { kind: "STRING" };
  scope.define(variableName("error.message"), string, error?.message);
  scope.define(variableName("error.statement_text"), string, statement);
  scope.define(variableName("error.formatted_stack_trace"), string, error?.message);
  const frame: SqlType = {
    kind: "STRUCT",
    fields: [
      { name: "line", type: { kind: "INT64" } },
      { name: "column", type: { kind: "INT64" } },
      { name: "filename", type: string },
      { name: "location", type: string },
    ],
  };
  scope.define(variableName("error.stack_trace"), { kind: "ARRAY", element: frame }, []);
}
