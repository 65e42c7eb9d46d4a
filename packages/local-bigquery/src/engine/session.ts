import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import type { CatalogChange, TableEntry } from "../catalog/model.ts";
import { quoteIdentifier } from "../catalog/names.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import type { ProcedureDefinition } from "../script/ast.ts";
import {
  EXPRESSION_PREFIX,
  type Parameters,
  type Procedure,
  type ScriptHost,
  type TypedValue,
} from "../script/host.ts";
import type { Scope } from "../script/variables.ts";
import type { FunctionDefinition, Translated } from "../translator/translated.ts";
import { parseType, sameType, typeText } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import type { Compiled } from "./compiler.ts";
import { type Ddl, planDdl } from "./ddl/execute.ts";
import { createTableSql, tableEntry } from "./ddl/tables.ts";
import { fromDuckDB } from "./duckdb-errors.ts";
import { countedTable, type Environment, findRelation, notFound } from "./environment.ts";
import type { StatementOutcome } from "./outcome.ts";
import type { EngineParts } from "./parts.ts";
import { createProcedure, dropProcedure, findProcedure } from "./procedures.ts";
import { ResultRows } from "./result.ts";
import { statementType } from "./statement-type.ts";
import { fillTokens } from "./tokens.ts";
import { typesOf, type Values, valuesFor } from "./values.ts";
import type { OpenTransaction } from "./writer.ts";

export interface SessionOptions {
  readonly projects: ReadonlySet<string>;
  readonly defaultDataset?: string;
  readonly parameters?: Parameters;
  /** Milliseconds after which the work is stopped. */
  readonly timeLimit?: number;
}

interface Transaction {
  readonly open: OpenTransaction;
  readonly catalog: CatalogSnapshot;
  readonly changes: CatalogChange[];
  /** The temporary tables at its start: a rollback brings them back. */
  readonly temporary: ReadonlyMap<string, TableEntry>;
}

interface Answer {
  readonly rows: ResultRows;
  readonly compiled: Compiled;
  readonly bytes: Pick<StatementOutcome, "bytesProcessed">;
}

type Dml = Extract<Translated, { kind: "dml" }>;

/** One script's world: a connection of its own with its temporary tables, and at most one open transaction. */
export class Session implements ScriptHost {
  /** What each statement did, in order. */
  readonly outcomes: StatementOutcome[] = [];
  /** By all statements so far, and by the queries in the script's expressions. */
  bytesProcessed: number | undefined;
  private readonly parts: EngineParts;
  private readonly connection: DuckDBConnection;
  private readonly options: SessionOptions;
  private readonly opened = Date.now();
  /** When its first statement began to run, after whatever it waited for. */
  began: number | undefined;
  private temporary: ReadonlyMap<string, TableEntry> = new Map();
  private temporaryFunctions: ReadonlyMap<string, FunctionDefinition> = new Map();
  private temporaryCount = 0;
  private transaction: Transaction | undefined;
  private cancelled = false;
  private timer: NodeJS.Timeout | undefined;

  private constructor(parts: EngineParts, connection: DuckDBConnection, options: SessionOptions) {
    this.parts = parts;
    this.connection = connection;
    this.options = options;
    if (options.timeLimit !== undefined) {
      this.timer = setTimeout(() => connection.interrupt(), options.timeLimit);
      this.timer.unref();
    }
  }

  static async open(parts: EngineParts, options: SessionOptions): Promise<Session> {
    return new Session(parts, await parts.database.connect(), options);
  }

  /** Stops the statement that runs and all that would follow. */
  cancel(): void {
    this.cancelled = true;
    this.connection.interrupt();
  }

  /** Ends the session: an open transaction is rolled back, temporary tables go with the connection. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.transaction?.open.rollback();
    this.transaction = undefined;
    this.connection.closeSync();
  }

  checkAlive(): void {
    if (this.cancelled)
      throw new BigQueryError("stopped", "Job execution was cancelled: User requested cancellation");
    const limit = this.options.timeLimit;
    if (limit !== undefined && Date.now() - this.opened > limit) {
      throw new BigQueryError("timeout", `Operation timed out after ${limit / 1000} seconds.`);
    }
  }

  get projectId(): string {
    return this.parts.projectId;
  }

  async run(sql: string, scope: Scope, parameters?: Parameters): Promise<number | undefined> {
    const values = this.values(scope, parameters);
    const compiled = await this.compile(sql, values);
    const { translated } = compiled;
    if (translated.kind === "query") await this.select(sql, values);
    else if (translated.kind === "assert") await this.assert(sql, values);
    else if (translated.kind === "dml") await this.dml(sql, values, translated.target);
    else if (translated.kind === "truncate") await this.truncate(sql, values, translated.target);
    else if (translated.kind === "begin" || translated.kind === "commit" || translated.kind === "rollback") {
      await this[translated.kind]();
    } else await this.ddl(sql, values, compiled);
    const changed = this.outcomes.at(-1)?.dml;
    const isDml = translated.kind === "dml" || translated.kind === "truncate";
    return isDml && changed ? changed.inserted + changed.updated + changed.deleted : undefined;
  }

  async query(sql: string, scope: Scope, parameters?: Parameters) {
    const { rows } = await this.rows(sql, this.values(scope, parameters));
    return { columns: rows.columns, rows: rows.rows() };
  }

  async evaluate(expression: string, scope: Scope, target?: SqlType): Promise<TypedValue> {
    const values = this.values(scope);
    let sql = `${EXPRESSION_PREFIX}${expression})`;
    const natural = await this.expressionType(sql, values);
    if (target && !sameType(natural, target)) {
      await this.checkAssignable(expression, target, values);
      sql = `SELECT CAST((${expression}) AS ${typeText(target)})`;
    }
    const { rows } = await this.rows(sql, values);
    return { type: target ?? natural, value: rows.rows()[0]?.[0] ?? null };
  }

  async typeNamed(text: string): Promise<SqlType> {
    if (text.includes("(")) throw unsupported(`variable of the parameterized type ${text}`);
    return parseType(text);
  }

  async begin(): Promise<void> {
    if (this.transaction) throw new BigQueryError("invalidQuery", "Transaction is already in progress");
    const open = await this.parts.transactions.begin(this.connection);
    this.transaction = { open, catalog: this.parts.store.current, changes: [], temporary: this.temporary };
    this.checkAlive();
  }

  async commit(): Promise<void> {
    if (!this.transaction)
      throw new BigQueryError("invalidQuery", "There is no active transaction to commit");
    const { open, changes } = this.transaction;
    this.transaction = undefined;
    await open.commit(changes);
  }

  async rollback(): Promise<void> {
    if (!this.transaction)
      throw new BigQueryError("invalidQuery", "There is no active transaction to roll back");
    const { open, temporary } = this.transaction;
    this.transaction = undefined;
    this.temporary = temporary;
    await open.rollback();
  }

  procedure(path: readonly string[]): Promise<Procedure> {
    return findProcedure(this.parts.scripts, this.environment(this.catalog), path);
  }

  createProcedure(definition: ProcedureDefinition, ddl: string): Promise<void> {
    return this.changeRoutines((env) => createProcedure(env, definition, ddl), "CREATE_PROCEDURE");
  }

  dropProcedure(path: readonly string[], ifExists: boolean): Promise<void> {
    return this.changeRoutines((env) => dropProcedure(env, path, ifExists), "DROP_PROCEDURE");
  }

  private async changeRoutines(
    plan: (env: Environment) => CatalogChange | undefined,
    type: string,
  ): Promise<void> {
    this.refuseInTransaction();
    await this.parts.transactions.write(this.connection, async (catalog, change) => {
      const planned = plan(this.environment(catalog));
      if (planned) change(planned);
    });
    this.outcomes.push({ columns: [], reads: [], statementType: type });
  }

  private refuseInTransaction(): void {
    if (!this.transaction) return;
    throw new BigQueryError("invalidQuery", "DDL on permanent objects is not supported inside a transaction");
  }

  private get catalog(): CatalogSnapshot {
    return this.transaction?.catalog ?? this.parts.store.current;
  }

  private environment(catalog: CatalogSnapshot): Environment {
    const { location, projectId } = this.parts;
    const { projects, defaultDataset } = this.options;
    const { temporary, temporaryFunctions } = this;
    return { catalog, temporary, temporaryFunctions, projects, defaultDataset, location, projectId };
  }

  private values(scope: Scope, parameters = this.options.parameters): Values {
    return valuesFor(scope, parameters);
  }

  private compile(sql: string, values: Values, catalog = this.catalog): Promise<Compiled> {
    return this.parts.compiler.compile(sql, this.environment(catalog), typesOf(values));
  }

  private async expressionType(sql: string, values: Values): Promise<SqlType> {
    const { translated } = await this.compile(sql, values);
    if (translated.kind !== "query") throw new Error("An expression did not compile to a query.");
    return (translated.columns[0] as Column).type;
  }

  /** Assignment coerces less than CAST does: what an INSERT accepts, it accepts. */
  private checkAssignable(expression: string, target: SqlType, values: Values): Promise<void> {
    return this.parts.compiler.checkAssignable(
      expression,
      target,
      this.environment(this.catalog),
      typesOf(values),
    );
  }

  private async select(sql: string, values: Values): Promise<void> {
    const { rows, compiled, bytes } = await this.rows(sql, values);
    this.record(compiled, { columns: rows.columns, rows, ...bytes });
  }

  private async assert(sql: string, values: Values): Promise<void> {
    const { rows, compiled, bytes } = await this.rows(sql, values);
    if (rows.rows()[0]?.[0] !== true) {
      const { description } = compiled.translated as Extract<Translated, { kind: "assert" }>;
      throw new BigQueryError("invalidQuery", `Assertion failed${description ? `: ${description}` : ""}`);
    }
    this.record(compiled, bytes);
  }

  private rows(sql: string, values: Values): Promise<Answer> {
    return this.reading(async (catalog) => {
      const compiled = await this.compile(sql, values, catalog);
      const { translated } = compiled;
      const bytes = await this.count(compiled, values, catalog);
      if (translated.kind === "assert") {
        const columns: Column[] = [{ name: "", type: { kind: "BOOL" } }];
        return { rows: new ResultRows(columns, await this.duck(translated.sql, values)), compiled, bytes };
      }
      if (translated.kind !== "query") throw new BigQueryError("invalidQuery", "A query is expected here");
      const rows = new ResultRows(translated.columns, await this.duck(translated.sql, values));
      return { rows, compiled, bytes };
    });
  }

  private async dml(sql: string, values: Values, target: readonly string[]): Promise<void> {
    await this.writing(target, async (catalog, touch) => {
      const compiled = await this.compile(sql, values, catalog);
      const bytes = await this.count(compiled, values, catalog);
      const counts = { inserted: 0, updated: 0, deleted: 0 };
      for (const step of (compiled.translated as Dml).steps) {
        const result = await this.duck(step.sql, values);
        if (step.affects) counts[step.affects] += result.rowsChanged;
      }
      touch();
      this.record(compiled, { dml: counts, ...bytes });
    });
  }

  private async truncate(sql: string, values: Values, target: readonly string[]): Promise<void> {
    await this.writing(target, async (catalog, touch) => {
      const compiled = await this.compile(sql, values, catalog);
      const { sql: statement } = compiled.translated as Extract<Translated, { kind: "truncate" }>;
      const result = await this.duck(statement, values);
      touch();
      this.record(compiled, { dml: { inserted: 0, updated: 0, deleted: result.rowsChanged } });
    });
  }

  private async ddl(sql: string, values: Values, first: Compiled): Promise<void> {
    const statement = first.translated as Ddl;
    if (statement.kind === "createFunction" && statement.temp)
      return this.temporaryFunction(first, statement);
    if (this.isTemporary(statement)) return this.temporaryDdl(sql, values, statement);
    this.refuseInTransaction();
    await this.parts.transactions.write(this.connection, async (catalog, change) => {
      this.checkAlive();
      // What it reads may have changed while it waited for its turn.
      const compiled = await this.compile(sql, values, catalog);
      const plan = planDdl(compiled.translated as Ddl, this.environment(catalog));
      const bytes = plan.statements.length > 0 ? await this.count(compiled, values, catalog) : {};
      for (const step of plan.statements) await this.duck(step, values);
      plan.changes.forEach(change);
      this.record(compiled, { ddl: plan.ddl, ...bytes });
    });
  }

  /** A temporary function lives as long as the script. */
  private temporaryFunction(
    compiled: Compiled,
    { path, mode, definition }: Extract<Ddl, { kind: "createFunction" }>,
  ): void {
    const id = path.join(".");
    const functions = new Map(this.temporaryFunctions);
    const existed = functions.has(id.toLowerCase());
    if (existed && mode === "DEFAULT") throw new BigQueryError("duplicate", `Already Exists: Routine ${id}`);
    if (!existed || mode !== "IF_NOT_EXISTS") functions.set(id.toLowerCase(), definition);
    this.temporaryFunctions = functions;
    const operation = existed ? "REPLACE" : "CREATE";
    this.record(compiled, { ddl: { operation, target: { dataset: "", id }, isRoutine: true } });
  }

  private isTemporary(statement: Ddl): boolean {
    if ("temp" in statement && statement.temp) return true;
    const [name] = statement.path;
    const drops = statement.kind === "dropTable" || statement.kind === "alter";
    return drops && statement.path.length === 1 && this.temporary.has(name as string);
  }

  /** Temporary tables live in the connection: no other script sees them, no writer has to wait. */
  private async temporaryDdl(sql: string, values: Values, statement: Ddl): Promise<void> {
    const id = statement.path.at(-1) as string;
    const target = { dataset: "", id };
    const existing = this.temporary.get(id);
    if (statement.kind === "dropTable" && existing) {
      await this.reading(async () => void (await this.duck(`DROP TABLE ${existing.sql}`, values)));
      this.temporary = new Map([...this.temporary].filter(([name]) => name !== id));
      return this.record(await this.compile(sql, values), { ddl: { operation: "DROP", target } });
    }
    if (statement.kind !== "createTable" && statement.kind !== "createTableAs") {
      throw unsupported(
        `${statement.kind === "alter" ? "ALTER" : "CREATE ... LIKE or COPY"} of a temporary table`,
      );
    }
    if (existing && statement.mode === "DEFAULT") {
      throw new BigQueryError("duplicate", `Already Exists: Table ${id}`);
    }
    if (existing && statement.mode === "IF_NOT_EXISTS") {
      return this.record(await this.compile(sql, values), { ddl: { operation: "SKIP", target } });
    }
    // A new name each time: DuckDB ignores case in names, and the old table may be read by the statement.
    this.temporaryCount += 1;
    const table = `temp.main.${quoteIdentifier(`${id}~${this.temporaryCount}`)}`;
    await this.reading(async (catalog) => {
      const compiled = await this.compile(sql, values, catalog);
      const bytes = await this.count(compiled, values, catalog);
      const create = { ...(compiled.translated as typeof statement), mode: "DEFAULT" } as const;
      for (const step of createTableSql(create, table)) await this.duck(step, values);
      if (existing) await this.duck(`DROP TABLE ${existing.sql}`, values);
      this.record(compiled, { ddl: { operation: existing ? "REPLACE" : "CREATE", target }, ...bytes });
      this.temporary = new Map(this.temporary).set(id, tableEntry(create, { ...target, sql: table }));
    });
  }

  private reading<T>(work: (catalog: CatalogSnapshot) => Promise<T>): Promise<T> {
    if (this.transaction) return work(this.transaction.catalog);
    return this.parts.transactions.read(this.connection, work);
  }

  /** Runs a change of a table's rows; `touch` notes when the table was modified. */
  private async writing(
    target: readonly string[],
    work: (catalog: CatalogSnapshot, touch: () => void) => Promise<void>,
  ): Promise<void> {
    const touchIn = (catalog: CatalogSnapshot, change: (change: CatalogChange) => void) => () => {
      const entry = findRelation(this.environment(catalog), target);
      if (!entry) throw notFound(this.environment(catalog), target);
      change({ put: "relation", entry: { ...entry, modified: Date.now() } });
    };
    if (target.length === 1 && this.temporary.has(target[0] as string)) {
      return this.reading((catalog) => work(catalog, () => undefined));
    }
    const { transaction } = this;
    if (transaction) {
      return work(
        transaction.catalog,
        touchIn(transaction.catalog, (change) => void transaction.changes.push(change)),
      );
    }
    await this.parts.transactions.write(this.connection, async (catalog, change) => {
      this.checkAlive();
      await work(catalog, touchIn(catalog, change));
    });
  }

  /** The bytes a statement is about to process, counted in its own transaction, before it changes anything. */
  private async count(
    { footprint }: Compiled,
    values: Values,
    catalog: CatalogSnapshot,
  ): Promise<Pick<StatementOutcome, "bytesProcessed">> {
    if (!this.parts.measureBytes) return {};
    const bytesProcessed = await this.parts.bytes.of(footprint, values, {
      find: (path) => countedTable(this.environment(catalog), path),
      number: async (sql) => Number((await (await this.duck(sql, values)).getRows())[0]?.[0]),
      isVersion: (table) => !this.transaction && table.dataset !== "",
    });
    this.bytesProcessed = (this.bytesProcessed ?? 0) + bytesProcessed;
    return { bytesProcessed };
  }

  private async duck(sql: string, values: Values): Promise<DuckDBMaterializedResult> {
    this.checkAlive();
    try {
      return await this.parts.database.onThread(() => {
        this.began ??= Date.now();
        return this.connection.run(fillTokens(sql, values));
      });
    } catch (error) {
      this.checkAlive();
      throw fromDuckDB(error);
    }
  }

  private record(compiled: Compiled, outcome: Partial<StatementOutcome>): void {
    this.outcomes.push({
      columns: [],
      reads: compiled.reads,
      ...outcome,
      statementType: statementType(compiled.node),
    });
  }
}
