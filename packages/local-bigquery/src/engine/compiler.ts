import { createHash } from "node:crypto";
import type { Analyzer, CatalogTable } from "../analyzer/analyzer.ts";
import { bodyQuery, type CatalogFunction } from "../analyzer/functions.ts";
import type { ResolvedCreateViewStmt, ResolvedQueryStmt } from "../analyzer/resolved.ts";
import type { RelationEntry, ViewEntry } from "../catalog/model.ts";
import { quoteIdentifier } from "../catalog/names.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import { type Footprint, footprintOf, type ViewTree } from "../footprint/index.ts";
import type { FunctionTable } from "../functions/contract.ts";
import { LruMap } from "../lru.ts";
import { EXPRESSION_PREFIX } from "../script/host.ts";
import { type TranslateContext, type Translated, translate } from "../translator/index.ts";
import { typeText } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import { type Environment, findRelation, isVirtual, notFound, relationPath } from "./environment.ts";
import { mentionedFunctions } from "./functions.ts";
import { checkPartitionFilters } from "./partition-filter.ts";
import { nowToken, parameterToken, variableToken } from "./tokens.ts";

/** Types of the values a statement may refer to; the values come at execution. */
export interface ValueTypes {
  /** By lower-case name. */
  readonly variables: ReadonlyMap<string, SqlType>;
  readonly named: ReadonlyMap<string, SqlType>;
  readonly positional: readonly SqlType[];
}

export const NO_VALUES: ValueTypes = { variables: new Map(), named: new Map(), positional: [] };

/** A statement ready for DuckDB, but for its tokens. */
export interface Compiled {
  readonly translated: Translated;
  /** The analyzer's name of the statement, such as "ResolvedQueryStmt". */
  readonly node: string;
  /** Tables and views it names, and those its views name. */
  readonly reads: readonly RelationEntry[];
  readonly footprint: Footprint;
  /** Of a view's query: its tree, through which the statements that name it prune columns and partitions. */
  readonly view?: ViewTree;
}

/** A relation as a statement sees it: a view is its translated query. */
interface Usable {
  /** See relationPath. */
  readonly path: readonly string[];
  readonly spelled?: readonly string[];
  readonly entry: RelationEntry;
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly behind: readonly RelationEntry[];
  readonly fingerprint: string;
  readonly view?: ViewTree;
}

const MAX_VIEW_DEPTH = 16;

/** GoogleSQL text to DuckDB SQL: names, analysis, translation; each distinct statement over the same schemas once. */
export class Compiler {
  private readonly analyzer: () => Promise<Analyzer>;
  private readonly functions: FunctionTable;
  private readonly compiled = new LruMap<string, Compiled>(2_000);
  /** Trees of views' queries, from the statements that created them. */
  private readonly viewTrees = new LruMap<string, { tree: ResolvedQueryStmt; textStart: number }>(500);
  private readonly names = new LruMap<string, string[][]>(2_000);
  /** Tables that a statement names where extractTableNames does not look, as it spells them. */
  private readonly unlisted = new LruMap<string, string[][]>(2_000);
  private readonly fingerprints = new WeakMap<RelationEntry, string>();

  constructor(analyzer: () => Promise<Analyzer>, functions: FunctionTable) {
    this.analyzer = analyzer;
    this.functions = functions;
  }

  async compile(sql: string, env: Environment, types: ValueTypes = NO_VALUES, depth = 0): Promise<Compiled> {
    const functions = mentionedFunctions(sql, env);
    const used = await this.relations(sql, env, depth, functions);
    const variables = mentioned(types.variables, sql);
    const cacheable = !used.some(({ entry, behind }) => [entry, ...behind].some(isVirtual));
    const isView = depth > 0;
    const key = `${isView ? "view " : ""}${cacheKey(sql, env, used, { ...types, variables }, functions)}`;
    const known = cacheable ? this.compiled.get(key) : undefined;
    if (known) {
      if (!isView) checkPartitionFilters(known.footprint, known.reads, env.projectId);
      return known;
    }

    const kept = isView && cacheable ? this.viewTrees.get(key) : undefined;
    const resolved =
      kept?.tree ??
      (await this.analyze(sql, used, { ...types, variables }, { functions }).catch((error) =>
        this.afterNotFound(error, sql, env),
      ));
    if (!resolved) return this.compile(sql, env, types, depth);
    const relation = (path: readonly string[]) => usableAt(used, env, path);
    const context: TranslateContext = {
      functions: this.functions,
      sql,
      ...(kept && { textStart: kept.textStart }),
      table: relation,
      constant: variableToken,
      parameter: parameterToken,
      now: nowToken,
    };
    const translated = translate(resolved, context);
    const reads = new Set(used.flatMap(({ entry, behind }) => [entry, ...behind]));
    const result: Compiled = {
      translated,
      node: resolved.kind,
      reads: [...reads],
      footprint: footprintOf(resolved, context, relation),
      ...(isView && resolved.kind === "ResolvedQueryStmt" && { view: { query: resolved, relation } }),
    };
    if (cacheable) this.compiled.set(key, result);
    const isMade =
      translated.kind === "createView" || (translated.kind === "createTableAs" && !translated.temp);
    if (isMade) {
      const columns = translated.columns.map(({ name, type }) => ({ name, type }));
      const path = translated.path.flatMap((part) => part.split(".")).slice(-2);
      (await this.analyzer()).expect(translated.path, { path, columns });
    }
    if (cacheable && resolved.kind === "ResolvedCreateViewStmt") {
      this.keepViewTree(resolved, sql, env, used, variables, functions);
    }
    // A view's own conditions may not be enough: those of the statement around it count as well.
    if (!isView) checkPartitionFilters(result.footprint, result.reads, env.projectId);
    return result;
  }

  /**
   * What is created is read next, as Dataform does with each assertion: the tree of the view's query is there already.
   * Not where the view would see another thing under a name than the statement does.
   */
  private keepViewTree(
    view: ResolvedCreateViewStmt,
    sql: string,
    env: Environment,
    used: readonly Usable[],
    variables: ReadonlyMap<string, SqlType>,
    functions: readonly CatalogFunction[],
  ): void {
    const place = sql.lastIndexOf(view.sql);
    const names = this.names.get(sql);
    const isQualified = names?.every((name) => name.length > 1);
    if (place < 0 || !names || !isQualified || variables.size > 0 || functions.length > 0) return;
    const tree: ResolvedQueryStmt = {
      kind: "ResolvedQueryStmt",
      hintList: [],
      outputColumnList: view.outputColumnList,
      isValueTable: view.isValueTable,
      query: view.query,
    };
    const key = `view ${cacheKey(view.sql, viewEnvironment(env), used, NO_VALUES, functions)}`;
    this.viewTrees.set(key, { tree, textStart: Buffer.byteLength(sql.slice(0, place)) });
    this.names.set(view.sql, names);
  }

  /** Throws what the analyzer says about assigning the expression to something of that type. */
  async checkAssignable(
    expression: string,
    target: SqlType,
    env: Environment,
    types: ValueTypes,
  ): Promise<void> {
    const prefix = "INSERT INTO __assigned (value) VALUES (";
    const sql = `${prefix}(${expression}))`;
    const functions = mentionedFunctions(sql, env);
    const used = await this.relations(sql, env, 0, functions);
    const assigned: CatalogTable = {
      path: ["__assigned"],
      columns: [{ name: "value", type: target }],
    };
    try {
      const variables = mentioned(types.variables, sql);
      await this.analyze(sql, used, { ...types, variables }, { functions, table: assigned });
    } catch (error) {
      if (!(error instanceof BigQueryError)) throw error;
      throw new BigQueryError(
        error.reason,
        `Cannot coerce expression ${expression} to type ${typeText(target)}`,
        {
          line: 1,
          column: EXPRESSION_PREFIX.length + 1,
        },
      );
    }
  }

  private async analyze(
    sql: string,
    used: readonly Usable[],
    types: ValueTypes,
    more: { functions: readonly CatalogFunction[]; table?: CatalogTable },
  ) {
    const tables = used.map(({ path, columns, spelled }): CatalogTable => {
      return { path, columns, ...(spelled && { spelled }) };
    });
    return (await this.analyzer()).analyze({
      sql,
      tables: more.table ? [...tables, more.table] : tables,
      functions: more.functions,
      constants: types.variables,
      ...(types.named.size > 0 && { parameters: types.named }),
      ...(types.positional.length > 0 && { positionalParameters: types.positional }),
    });
  }

  /**
   * GoogleSQL says "Table not found: d.t; Did you mean ...?". If it is there, the statement is of a kind whose names are
   * not listed beforehand: answers undefined, to compile again with it. Otherwise throws BigQuery's words.
   */
  private afterNotFound(error: unknown, sql: string, env: Environment): undefined {
    if (!(error instanceof BigQueryError)) throw error;
    const written = /^Table not found: (.+?)(?:; Did you mean|,? \[at | at \[|$)/.exec(error.message)?.[1];
    if (written === undefined) throw error;
    const spelled = [...written.matchAll(/`([^`]+)`|[^.`]+/g)].map(([whole, quoted]) => quoted ?? whole);
    const path = spelled.flatMap((part) => part.split("."));
    const known = this.unlisted.get(sql) ?? [];
    const repeated = known.some((name) => samePath(name, spelled));
    if (repeated || !findRelation(env, path)) throw notFound(env, path, error.position);
    this.unlisted.set(sql, [...known, spelled]);
  }

  /** The relations a statement names, in the forms it names them; unknown names are left to the analyzer. */
  private async relations(
    sql: string,
    env: Environment,
    depth: number,
    functions: readonly CatalogFunction[],
  ): Promise<Usable[]> {
    const paths: string[][] = [];
    for (const text of [sql, ...functions.map(bodyQuery)]) paths.push(...(await this.namesIn(text)));
    const usable: Usable[] = [];
    for (const path of paths) {
      const entry = findRelation(env, path);
      if (!entry) {
        // The analyzer matches names from their end, so a table of another project would be taken for ours.
        if (path.length === 3) throw notFound(env, path);
        continue;
      }
      const own = relationPath(entry);
      if (!usable.some((known) => samePath(known.path, own)))
        usable.push(await this.usable(own, entry, env, depth));
    }
    for (const spelled of this.unlisted.get(sql) ?? []) {
      const entry = findRelation(env, spelled);
      if (entry) usable.push({ ...(await this.usable(relationPath(entry), entry, env, depth)), spelled });
    }
    return usable;
  }

  private async namesIn(sql: string): Promise<string[][]> {
    const known = this.names.get(sql);
    if (known) return known;
    const paths = await (await this.analyzer()).extractTableNames(sql);
    this.names.set(sql, paths);
    return paths;
  }

  private async usable(
    path: readonly string[],
    entry: RelationEntry,
    env: Environment,
    depth: number,
  ): Promise<Usable> {
    if (entry.kind === "TABLE") {
      const { sql, columns } = entry;
      return { path, entry, sql, columns, behind: [], fingerprint: this.tableFingerprint(entry) };
    }
    const { translated, reads, view } = await this.view(entry, env, depth);
    const names = entry.columnNames;
    const fingerprint = hash(
      [translated.sql, names, ...reads.map((read) => this.tableFingerprint(read))].join("\n"),
    );
    return {
      path,
      entry,
      sql: names ? `(${renamedSql(translated.sql, names)})` : `(${translated.sql})`,
      columns: translated.columns.map(({ name, type }, place) => ({ name: names?.[place] ?? name, type })),
      behind: reads,
      fingerprint,
      ...(view && { view: { ...view, ...(names && { names }) } }),
    };
  }

  private async view(view: ViewEntry, env: Environment, depth: number) {
    const name = `${env.projectId}:${view.dataset}.${view.id}`;
    if (depth >= MAX_VIEW_DEPTH) {
      throw new BigQueryError("resourcesExceeded", `Exceeded the maximum depth of nested views at ${name}`);
    }
    try {
      const compiled = await this.compile(view.query, viewEnvironment(env), NO_VALUES, depth + 1);
      const { translated, reads } = compiled;
      if (translated.kind !== "query") throw unsupported(`view ${name}, whose definition is not a query`);
      return { translated, reads, view: compiled.view };
    } catch (error) {
      if (!(error instanceof BigQueryError) || error.message.includes("; in view ")) throw error;
      // The place is one of the view's text, which the author of this statement does not see.
      throw new BigQueryError(error.reason, `${error.message}; in view ${name}`);
    }
  }

  private tableFingerprint(entry: RelationEntry): string {
    let fingerprint = this.fingerprints.get(entry);
    if (!fingerprint) {
      const identity = entry.kind === "TABLE" ? entry.sql : entry.query;
      fingerprint = hash(JSON.stringify([identity, entry.columns, entry.fields.map((field) => field.mode)]));
      this.fingerprints.set(entry, fingerprint);
    }
    return fingerprint;
  }
}

/** A view knows nothing of the script that reads it. */
function viewEnvironment(env: Environment): Environment {
  return { ...env, temporary: new Map(), temporaryFunctions: new Map(), defaultDataset: undefined };
}

function renamedSql(sql: string, names: readonly string[]): string {
  return `SELECT * FROM (\n${sql}\n) AS q(${names.map(quoteIdentifier).join(", ")})`;
}

function usableAt(used: readonly Usable[], env: Environment, path: readonly string[]): Usable {
  const found = used.find((candidate) => samePath(candidate.path, path));
  if (!found) throw notFound(env, path);
  return found;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.join(".") === b.join(".");
}

/** Only the variables a statement can mean: the others must not cost a new translation when their types change. */
function mentioned(variables: ReadonlyMap<string, SqlType>, sql: string): Map<string, SqlType> {
  const text = sql.toLowerCase();
  return new Map([...variables].filter(([name]) => text.includes(name)));
}

function cacheKey(
  sql: string,
  env: Environment,
  used: readonly Usable[],
  types: ValueTypes,
  functions: readonly CatalogFunction[],
): string {
  const tables = used.map(({ path, fingerprint }) => [path, fingerprint]);
  return hash(
    JSON.stringify([
      sql,
      env.defaultDataset,
      tables,
      [...types.variables],
      [...types.named],
      types.positional,
      functions,
    ]),
  );
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
