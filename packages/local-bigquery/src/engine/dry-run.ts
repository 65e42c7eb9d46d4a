import type { RelationEntry, TableEntry } from "../catalog/model.ts";
import type { CatalogSnapshot } from "../catalog/snapshot.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import { Checker, type CheckHost } from "../script/checker.ts";
import { EXPRESSION_PREFIX } from "../script/host.ts";
import type { Script } from "../script/script.ts";
import type { Scope } from "../script/variables.ts";
import { parseType, sameType } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import type { Compiled } from "./compiler.ts";
import { type Ddl, planDdl } from "./ddl/execute.ts";
import { tableEntry } from "./ddl/tables.ts";
import type { Environment } from "./environment.ts";
import type { StatementOutcome } from "./outcome.ts";
import type { EngineParts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import { statementType } from "./statement-type.ts";
import { typesOf, valuesFor } from "./values.ts";

/** Analyses a script as it would run, statement by statement; answers what each would read and answer. */
export async function dryRun(
  parts: EngineParts,
  script: Script,
  options: SessionOptions,
): Promise<StatementOutcome[]> {
  const check = new DryRun(parts, options);
  await new Checker(script.source, check).check(script.statements);
  return check.outcomes;
}

class DryRun implements CheckHost {
  readonly outcomes: StatementOutcome[] = [];
  private readonly parts: EngineParts;
  private readonly options: SessionOptions;
  private catalog: CatalogSnapshot;
  private temporary = new Map<string, TableEntry>();
  private dynamic = false;
  /** Inside a branch, which may not be taken, a clash of names is no error. */
  private depth = 0;
  private created: RelationEntry[] = [];

  constructor(parts: EngineParts, options: SessionOptions) {
    this.parts = parts;
    this.options = options;
    this.catalog = parts.store.current;
  }

  async check(sql: string, scope: Scope): Promise<void> {
    try {
      const compiled = await this.compile(sql, scope);
      const { translated, node, reads } = compiled;
      const columns = translated.kind === "query" ? translated.columns : [];
      const ddl = this.applyDdl(compiled);
      this.outcomes.push({ columns, reads, ...(ddl && { ddl }), statementType: statementType(node) });
    } catch (error) {
      if (!this.mayExistLater(error)) throw error;
    }
  }

  async columns(sql: string, scope: Scope): Promise<readonly Column[]> {
    const { translated } = await this.compile(sql, scope);
    if (translated.kind !== "query") throw new BigQueryError("invalidQuery", "A query is expected here");
    return translated.columns;
  }

  async typeOf(expression: string, scope: Scope, target?: SqlType): Promise<SqlType> {
    try {
      const [column] = await this.columns(`${EXPRESSION_PREFIX}${expression})`, scope);
      const natural = (column as Column).type;
      if (!target || sameType(natural, target)) return natural;
      const types = typesOf(valuesFor(scope, this.options.parameters));
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
    for (const entry of created) {
      if (entry.dataset === "" && entry.kind === "TABLE") this.temporary.set(entry.id, entry);
    }
    this.catalog = catalog.with(
      created.filter(({ dataset }) => dataset !== "").map((entry) => ({ put: "relation", entry }) as const),
    );
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
      projects,
      defaultDataset,
      location,
      projectId,
    };
  }

  private compile(sql: string, scope: Scope): Promise<Compiled> {
    return this.parts.compiler.compile(
      sql,
      this.environment(),
      typesOf(valuesFor(scope, this.options.parameters)),
    );
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
    this.created.push(entry);
    return { operation: existed ? "REPLACE" : "CREATE", target };
  }

  private applyPermanent(translated: Ddl): StatementOutcome["ddl"] {
    try {
      const plan = planDdl(translated, this.environment());
      this.catalog = this.catalog.with(plan.changes);
      for (const change of plan.changes) {
        if ("put" in change && change.put === "relation") this.created.push(change.entry);
      }
      return plan.ddl;
    } catch (error) {
      const avoidable = error instanceof BigQueryError && error.reason === "duplicate";
      if (this.depth > 0 && avoidable) return undefined;
      throw error;
    }
  }
}
