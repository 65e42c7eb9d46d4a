import { BigQueryError } from "../errors.ts";
import type { Column, SqlType } from "../types/types.ts";
import type { Range, Statement } from "./ast.ts";
import { EXPRESSION_PREFIX } from "./host.ts";
import { defineError } from "./interpreter.ts";
import { variableName } from "./script.ts";
import type { ScriptSource } from "./source.ts";
import { Scope } from "./variables.ts";

/** What a dry run asks of the engine: types, never values. */
export interface CheckHost {
  /** Analyses a statement and notes what later statements will see of it. */
  check(sql: string, scope: Scope): Promise<void>;
  columns(sql: string, scope: Scope): Promise<readonly Column[]>;
  typeOf(expression: string, scope: Scope, target?: SqlType): Promise<SqlType>;
  typeNamed(text: string): Promise<SqlType>;
  /** Runs each branch from the present state; afterwards what any of them created is known. */
  branches(work: readonly (() => Promise<void>)[]): Promise<void>;
  /** From here on tables may exist that analysis cannot know. */
  becomeDynamic(): void;
}

/**
 * Analyses a script from top to bottom without running it: every statement with the variables, temporary tables and
 * tables that the ones before it would have made.
 */
export class Checker {
  private readonly source: ScriptSource;
  private readonly host: CheckHost;

  constructor(source: ScriptSource, host: CheckHost) {
    this.source = source;
    this.host = host;
  }

  /** Checks a whole script. */
  async check(statements: readonly Statement[]): Promise<void> {
    const scope = new Scope();
    scope.define(variableName("row_count"), { kind: "INT64" }, undefined);
    scope.define(variableName("project_id"), { kind: "STRING" }, undefined);
    await this.list(statements, new Scope(scope));
  }

  private async list(statements: readonly Statement[], scope: Scope): Promise<void> {
    for (const statement of statements) await this.statement(statement, scope);
  }

  private async statement(statement: Statement, scope: Scope): Promise<void> {
    switch (statement.kind) {
      case "sql":
        return this.at(statement.range, () => this.host.check(this.source.slice(statement.range), scope));
      case "declare":
        return this.declare(statement, scope);
      case "set":
        return this.set(statement, scope);
      case "if":
      case "case":
        return this.choice(statement, scope);
      case "while":
        await this.type(statement.condition, scope, { kind: "BOOL" });
        return this.list(statement.body, scope);
      case "repeat":
        await this.list(statement.body, scope);
        return void (await this.type(statement.until, scope, { kind: "BOOL" }));
      case "loop":
        return this.list(statement.body, scope);
      case "for": {
        const query = this.source.slice(statement.query);
        const fields = await this.at(statement.query, () => this.host.columns(query, scope));
        const inner = new Scope(scope);
        inner.declare(statement.variable, { kind: "STRUCT", fields }, undefined);
        return this.list(statement.body, inner);
      }
      case "block": {
        await this.list(statement.body, new Scope(scope));
        const { handler } = statement;
        if (!handler) return;
        const inner = new Scope(scope);
        defineError(inner, undefined, "");
        return this.host.branches([() => this.list(handler, new Scope(inner))]);
      }
      case "raise":
        return statement.message && void (await this.type(statement.message, scope, { kind: "STRING" }));
      case "execute":
        await this.type(statement.sql, scope, { kind: "STRING" });
        for (const argument of statement.using) await this.type(argument.value, scope);
        return this.host.becomeDynamic();
      case "call":
        for (const argument of statement.args) await this.type(argument, scope);
        return this.host.becomeDynamic();
      case "createProcedure":
        // Its body is checked when it is called: tables it names may not exist before.
        return this.host.becomeDynamic();
      default:
        return;
    }
  }

  private async declare(statement: Extract<Statement, { kind: "declare" }>, scope: Scope): Promise<void> {
    const { range, type: typeRange, value, names } = statement;
    const declared =
      typeRange && (await this.at(typeRange, () => this.host.typeNamed(this.source.slice(typeRange))));
    const type = value ? await this.type(value, scope, declared) : declared;
    await this.at(range, async () => {
      for (const name of names) scope.declare(name, type as SqlType, undefined);
    });
  }

  private async set(statement: Extract<Statement, { kind: "set" }>, scope: Scope): Promise<void> {
    const variables = await this.at(statement.range, async () =>
      statement.names.map((name) => scope.get(name)),
    );
    const fields = variables.map(({ type }) => ({ name: "", type }));
    const target: SqlType | undefined = statement.fromStruct
      ? { kind: "STRUCT", fields }
      : variables[0]?.type;
    await this.type(statement.value, scope, target);
  }

  private async choice(statement: Extract<Statement, { kind: "if" | "case" }>, scope: Scope): Promise<void> {
    const operand = statement.kind === "case" ? statement.operand : undefined;
    for (const { condition } of statement.branches) {
      if (operand) {
        const comparison = `(${this.source.slice(operand)}) = (${this.source.slice(condition)})`;
        await this.at(condition, () => this.host.typeOf(comparison, scope, { kind: "BOOL" }));
      } else await this.type(condition, scope, { kind: "BOOL" });
    }
    const bodies = [...statement.branches.map(({ body }) => body), statement.otherwise ?? []];
    await this.host.branches(bodies.map((body) => () => this.list(body, scope)));
  }

  private type(range: Range, scope: Scope, target?: SqlType): Promise<SqlType> {
    const expression = this.source.slice(range);
    return this.at(range, () => this.host.typeOf(expression, scope, target), EXPRESSION_PREFIX.length);
  }

  private async at<T>(range: Range, work: () => Promise<T>, prefix = 0): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BigQueryError ? this.source.relocate(error, range, { prefix }) : error;
    }
  }
}
