import type { CatalogChange, TableEntry } from "../catalog/model.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import type { Footprint } from "../footprint/index.ts";
import { Checker, type CheckHost } from "../script/checker.ts";
import { EXPRESSION_PREFIX } from "../script/host.ts";
import type { Script } from "../script/script.ts";
import type { Scope } from "../script/variables.ts";
import type { FunctionDefinition } from "../translator/translated.ts";
import { parseType, sameType } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import type { Compiled } from "./compiler.ts";
import { type Ddl, planDdl } from "./ddl/execute.ts";
import { tableEntry } from "./ddl/tables.ts";
import { countedTable, type Environment } from "./environment.ts";
import type { StatementOutcome } from "./outcome.ts";
import type { EngineParts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import { statementType } from "./statement-type.ts";
import { typesOf, type Values, valuesFor } from "./values.ts";

/** Analyses a script as it would run, statement by statement; answers what each would read and answer. */
export async function dryRun(
  parts: EngineParts,
  script: Script,
  options: SessionOptions,
): Promise<{ outcomes: StatementOutcome[]; bytesProcessed: number }> {
  const check = new DryRun(parts, options);
  await new Checker(script.source, check).check(script.statements);
  return check.finish();
}

type Created = Extract<CatalogChange, { put: "relation" | "routine" }>;

/** What one statement, or one query in an expression, would read: counted at the end, all on one state of the data. */
interface Counted {
  readonly footprint: Footprint;
  readonly values: Values;
  /** The tables as they are for the statement. */
  readonly env: Environment;
  /** The statement's place among the outcomes; undefined: an expression. */
  readonly outcome: number | undefined;
}

class DryRun implements CheckHost {
  readonly outcomes: StatementOutcome[] = [];
  private readonly parts: EngineParts;
  private readonly options: SessionOptions;
  private catalog: CatalogSnapshot;
  private temporary = new Map<string, TableEntry>();
  private readonly temporaryFunctions = new Map<string, FunctionDefinition>();
  private dynamic = false;
  /** Inside a branch, which may not be taken, a clash of names is no error. */
  private depth = 0;
  private created: Created[] = [];
  private readonly counted: Counted[] = [];

  constructor(parts: EngineParts, options: SessionOptions) {
    this.parts = parts;
    this.options = options;
    this.catalog = parts.store.current;
  }

  async check(sql: string, scope: Scope): Promise<void> {
    try {
      const compiled = await this.compile(sql, scope);
      const { translated, node, reads, footprint } = compiled;
      this.countLater(footprint, scope, this.outcomes.length);
      const columns = translated.kind === "query" ? translated.columns : [];
      const ddl = this.applyDdl(compiled);
      this.outcomes.push({ columns, reads, ...(ddl && { ddl }), statementType: statementType(node) });
    } catch (error) {
      if (!this.mayExistLater(error)) throw error;
    }
  }

  async columns(sql: string, scope: Scope): Promise<readonly Column[]> {
    const { translated, footprint } = await this.compile(sql, scope);
    this.countLater(footprint, scope);
    if (translated.kind !== "query") throw new BigQueryError("invalidQuery", "A query is expected here");
    return translated.columns;
  }

  async typeOf(expression: string, scope: Scope, target?: SqlType): Promise<SqlType> {
    try {
      const [column] = await this.columns(`${EXPRESSION_PREFIX}${expression})`, scope);
      const natural = (column as Column).type;
      if (!target || sameType(natural, target)) return natural;
      const types = typesOf(this.values(scope));
      await this.parts.compiler.checkAssignable(expression, target, this.environment(), types);
      return target;
    } catch (error) {
      if (!target || !this.mayExistLater(error)) throw error;
      return target;
    }
  }

  async typeNamed(text: string): Promise<SqlType> {
    if (text.includes("(")) throw unsupported(`variable of the parameterized type ${text}`);
    return parseType(text);
  }

  async branches(work: readonly (() => Promise<void>)[]): Promise<void> {
    const { catalog, temporary } = this;
    const before = this.created.length;
    this.depth += 1;
    for (const branch of work) {
      this.catalog = catalog;
      this.temporary = new Map(temporary);
      await branch();
    }
    this.depth -= 1;
    const created = this.created.slice(before);
    this.temporary = new Map(temporary);
    for (const { put, entry } of created) {
      if (put === "relation" && entry.dataset === "" && entry.kind === "TABLE")
        this.temporary.set(entry.id, entry);
    }
    this.catalog = catalog.with(created.filter(({ entry }) => entry.dataset !== ""));
  }

  becomeDynamic(): void {
    this.dynamic = true;
  }

  private mayExistLater(error: unknown): boolean {
    return this.dynamic && error instanceof BigQueryError && error.reason === "notFound";
  }

  private environment(): Environment {
    const { location, projectId } = this.parts;
    const { projects, defaultDataset } = this.options;
    return {
      catalog: this.catalog,
      temporary: this.temporary,
      temporaryFunctions: this.temporaryFunctions,
      projects,
      defaultDataset,
      location,
      projectId,
    };
  }

  private compile(sql: string, scope: Scope): Promise<Compiled> {
    return this.parts.compiler.compile(sql, this.environment(), typesOf(this.values(scope)));
  }

  private countLater(footprint: Footprint, scope: Scope, outcome?: number): void {
    this.counted.push({ footprint, values: this.values(scope), env: this.environment(), outcome });
  }

  private values(scope: Scope): Values {
    return valuesFor(scope, this.options.parameters);
  }

  /**
   * The outcomes with the bytes each would process: of every branch, as if it were taken, and of loops once. Tables
   * that the script itself would make have no rows yet.
   */
  async finish(): Promise<{ outcomes: StatementOutcome[]; bytesProcessed: number }> {
    const outcomes = [...this.outcomes];
    let bytesProcessed = 0;
    const connection = await this.parts.database.connect();
    try {
      await this.parts.transactions.read(connection, async (catalog) => {
        bytesProcessed = 0;
        for (const { footprint, values, env, outcome } of this.counted) {
          const bytes = await this.parts.bytes.of(footprint, values, {
            find: (path) => {
              const table = countedTable(env, path);
              const stored = table && catalog.relation(table.dataset, table.id);
              return stored?.kind === "TABLE" && stored.created === table?.created ? stored : undefined;
            },
            number: async (sql) => Number((await (await connection.run(sql)).getRows())[0]?.[0]),
            isVersion: () => true,
          });
          bytesProcessed += bytes;
          const counted = outcome === undefined ? undefined : outcomes[outcome];
          if (counted) outcomes[outcome as number] = { ...counted, bytesProcessed: bytes };
        }
      });
    } finally {
      connection.closeSync();
    }
    return { outcomes, bytesProcessed };
  }

  private applyDdl({ translated }: Compiled): StatementOutcome["ddl"] {
    switch (translated.kind) {
      case "query":
      case "assert":
      case "dml":
      case "truncate":
      case "begin":
      case "commit":
      case "rollback":
        return undefined;
    }
    if ((translated.kind === "createTable" || translated.kind === "createTableAs") && translated.temp) {
      return this.createTemporary(translated);
    }
    if (translated.kind === "createFunction" && translated.temp) {
      const id = translated.path.join(".");
      this.temporaryFunctions.set(id.toLowerCase(), translated.definition);
      return { operation: "CREATE", target: { dataset: "", id }, isRoutine: true };
    }
    const [name] = translated.path;
    if (
      translated.kind === "dropTable" &&
      translated.path.length === 1 &&
      this.temporary.delete(name as string)
    ) {
      return { operation: "DROP", target: { dataset: "", id: name as string } };
    }
    return this.applyPermanent(translated);
  }

  private createTemporary(
    create: Extract<Ddl, { kind: "createTable" | "createTableAs" }>,
  ): StatementOutcome["ddl"] {
    const target = { dataset: "", id: create.path.at(-1) as string };
    const existed = this.temporary.has(target.id);
    if (existed && create.mode === "DEFAULT" && this.depth === 0) {
      throw new BigQueryError("duplicate", `Already Exists: Table ${target.id}`);
    }
    const entry = tableEntry(create, { ...target, sql: `temp.main."${target.id}"` });
    this.temporary.set(target.id, entry);
    this.created.push({ put: "relation", entry });
    return { operation: existed ? "REPLACE" : "CREATE", target };
  }

  private applyPermanent(translated: Ddl): StatementOutcome["ddl"] {
    try {
      const plan = planDdl(translated, this.environment());
      this.catalog = this.catalog.with(plan.changes);
      for (const change of plan.changes) {
        if ("put" in change && change.put !== "dataset") this.created.push(change);
      }
      return plan.ddl;
    } catch (error) {
      const avoidable = error instanceof BigQueryError && error.reason === "duplicate";
      if (this.depth > 0 && avoidable) return undefined;
      throw error;
    }
  }
}
