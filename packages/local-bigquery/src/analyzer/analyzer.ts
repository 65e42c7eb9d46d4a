import { BigQueryError } from "../errors.ts";
import type { Column, SqlType } from "../types/types.ts";
import { decodeValue, encodeValue } from "../types/value.ts";
import { Answers } from "./answers.ts";
import { type Builtins, type CatalogNeed, Catalogs, type CatalogTable, type NamedTable } from "./catalogs.ts";
import { type AnalyzerFiles, type AnyMessage, Engine, type MessageInit, Service } from "./engine.ts";
import { bodyQuery, type CatalogFunction } from "./functions.ts";
import { Lane, StaleCall } from "./lane.ts";
import { flattenStatement, type ResolvedStatement, typeOf } from "./nodes.ts";
import { bigQueryOptions, type Options } from "./options.ts";
import { PreparedQueries } from "./prepared.ts";
import { typeProto } from "./protos.ts";

export type { CatalogTable } from "./catalogs.ts";

export interface AnalyzeRequest {
  readonly sql: string;
  /** The tables the statement names (see extractTableNames), and no others. */
  readonly tables: readonly CatalogTable[];
  readonly functions?: readonly CatalogFunction[];
  readonly parameters?: ReadonlyMap<string, SqlType>;
  readonly positionalParameters?: readonly SqlType[];
  /** Script variables: names that resolve to ResolvedConstant where no column has that name. */
  readonly constants?: ReadonlyMap<string, SqlType>;
}

export interface EvaluateRequest {
  readonly sql: string;
  readonly parameters?: ReadonlyMap<string, { readonly type: SqlType; readonly value: unknown }>;
}

export interface RowsRequest {
  readonly expression: string;
  readonly types: readonly SqlType[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Google's GoogleSQL analyzer and reference implementation, with BigQuery's options. */
export interface Analyzer {
  /** The resolved tree of one statement; throws BigQueryError with GoogleSQL's own text and position. */
  analyze(request: AnalyzeRequest): Promise<ResolvedStatement>;
  /** Tells of a table that was just made, spelled so; nothing depends on it but how soon it is at hand. */
  expect(spelled: readonly string[], table: CatalogTable): void;
  /** The name paths of tables that a statement (or, with `script`, a whole script) mentions, dots in backticks split. */
  extractTableNames(sql: string, options?: { readonly script?: boolean }): Promise<string[][]>;
  /** The parse tree of a script: an ASTScriptProto message with byte ranges. */
  parseScript(sql: string): Promise<AnyMessage>;
  /** The reference implementation's answer to a query, values in the canonical form of types/value.ts. */
  evaluate(request: EvaluateRequest): Promise<{ columns: Column[]; rows: unknown[][] }>;
  /**
   * The reference implementation's value of an expression over columns a0, a1, ... of the types given, row by row.
   * Synchronous, as DuckDB's callbacks are; throws where any row fails.
   */
  evaluateRows(request: RowsRequest): unknown[];
  /** The analyzer's own list of functions: FunctionProto messages with their signatures. */
  builtinFunctions(): Promise<AnyMessage[]>;
  /** Ends the analyzer's thread. */
  close(): Promise<void>;
}

/** Loads the wasm file (about half a second; the first analysis takes another). */
export async function createAnalyzer(files: AnalyzerFiles): Promise<Analyzer> {
  const service = await Service.load(files);
  const lane = new Lane(service);
  const options = await bigQueryOptions(lane, service.registry);
  return new LocalAnalyzer(service, lane, options, new Answers(files.answers, service.identity));
}

class LocalAnalyzer implements Analyzer {
  readonly #service: Service;
  readonly #lane: Lane;
  readonly #answers: Answers;
  readonly #options: Options;
  readonly #catalogs: Catalogs;
  /** For the reference implementation. */
  readonly #engine: Engine;
  readonly #prepared: PreparedQueries;
  #ids: Promise<Builtins> | undefined;

  constructor(service: Service, lane: Lane, options: Options, answers: Answers) {
    this.#service = service;
    this.#lane = lane;
    this.#answers = answers;
    this.#options = options;
    const builtins = () => this.#builtinIds();
    this.#catalogs = new Catalogs(service, lane, { language: options.language, builtins });
    this.#engine = new Engine(service);
    this.#prepared = new PreparedQueries(this.#engine, options.evaluator);
  }

  close(): Promise<void> {
    return this.#lane.close();
  }

  async analyze(request: AnalyzeRequest): Promise<ResolvedStatement> {
    const { functions = [] } = request;
    const spelled = request.tables.length > 0 ? await this.#namesOf(request.sql, functions) : [];
    const tables = spelled.flatMap((name): NamedTable[] => {
      const table = findTable(
        name.flatMap((part) => part.split(".")),
        request.tables,
      );
      return table ? [{ spelled: name, table }] : [];
    });
    for (const table of request.tables) if (table.spelled) tables.push({ spelled: table.spelled, table });
    const options: MessageInit = { ...this.#options.analyzer };
    if (request.parameters) {
      options.queryParameters = [...request.parameters].map(([name, type]) => ({
        name,
        type: typeProto(type),
      }));
    }
    if (request.positionalParameters) {
      options.parameterMode = 1;
      options.positionalQueryParameters = request.positionalParameters.map(typeProto);
    }
    const need: CatalogNeed = {
      tables,
      constants: request.constants ?? new Map(),
      functions,
      texts: [request.sql, ...functions.map(({ body }) => body)],
    };
    const init = { options, target: { case: "sqlStatement", value: request.sql } };
    // What the answer depends on is what of the catalog the statement names, not the number it goes by here.
    const parts = ["Analyze", this.#catalogs.exact(need), this.#service.encode("AnalyzeRequest", init)];
    const bytes = await this.#answers.get(parts, () => this.#analyzeIn(need, init));
    const answer = this.#service.decode("AnalyzeResponse", bytes);
    return flattenStatement(answer.result.value, this.#service.registry);
  }

  /** A refusal is said by the analyzer that has all functions: it may suggest one, and may need one nobody named. */
  async #analyzeIn(need: CatalogNeed, init: MessageInit): Promise<Uint8Array> {
    try {
      return await this.#analyzeOnce(need, init);
    } catch (error) {
      if (!(error instanceof BigQueryError)) throw error;
      return this.#analyzeOnce({ ...need, allBuiltins: true }, init);
    }
  }

  async #analyzeOnce(need: CatalogNeed, init: MessageInit): Promise<Uint8Array> {
    for (;;) {
      const { id, generation } = await this.#catalogs.id(need);
      const request = this.#service.encode("AnalyzeRequest", { ...init, registeredCatalogId: id });
      try {
        return await this.#lane.send("Analyze", request, generation);
      } catch (error) {
        if (!(error instanceof StaleCall)) throw error;
      }
    }
  }

  expect(spelled: readonly string[], table: CatalogTable): void {
    this.#catalogs.expect({ spelled, table });
  }

  async extractTableNames(sql: string, options?: { readonly script?: boolean }): Promise<string[][]> {
    const names = await this.#spelledNames(sql, options?.script ?? false);
    return names.map((name) => name.flatMap((part) => part.split(".")));
  }

  async parseScript(sql: string): Promise<AnyMessage> {
    const answer = await this.#ask("Parse", "ParseRequest", "ParseResponse", {
      options: this.#options.language,
      allowScript: true,
      target: { case: "sqlStatement", value: sql },
    });
    return answer.result.value;
  }

  async evaluate(request: EvaluateRequest): Promise<{ columns: Column[]; rows: unknown[][] }> {
    const parameters = [...(request.parameters ?? [])];
    const answer = this.#engine.call("EvaluateQuery", "EvaluateQueryRequest", "EvaluateQueryResponse", {
      sql: request.sql,
      options: {
        ...this.#options.evaluator,
        queryParameters: parameters.map(([name, { type }]) => ({ name, type: typeProto(type) })),
      },
      catalog: {
        case: "registeredCatalogId",
        value: this.#prepared.catalog(),
      },
      params: parameters.map(([name, { type, value }]) => ({ name, value: encodeValue(value, type) })),
    });
    const columns: Column[] = answer.prepared.columns.map((column: AnyMessage) => ({
      name: column.name,
      type: typeOf(column.type, this.#service.registry),
    }));
    const rows = (answer.content?.tableData?.row ?? []).map((row: AnyMessage) =>
      row.cell.map((cell: AnyMessage, place: number) => decodeValue(cell, (columns[place] as Column).type)),
    );
    return { columns, rows };
  }

  evaluateRows({ expression, types, rows }: RowsRequest): unknown[] {
    const row: SqlType = { kind: "STRUCT", fields: types.map((type, i) => ({ name: `a${i}`, type })) };
    // A struct without fields cannot be unnested by name, so one field is always there.
    const padded: SqlType = {
      kind: "STRUCT",
      fields: [...row.fields, { name: "_n", type: { kind: "INT64" } }],
    };
    const list: SqlType = { kind: "ARRAY", element: padded };
    const prepared = this.#prepared.get({
      key: JSON.stringify([expression, types]),
      sql: `SELECT ${expression} FROM UNNEST(@rows) ORDER BY _n`,
      parameters: [{ name: "rows", type: typeProto(list) }],
    });
    const answer = this.#engine.call("EvaluateQuery", "EvaluateQueryRequest", "EvaluateQueryResponse", {
      catalog: { case: "preparedQueryId", value: prepared.id },
      params: [
        {
          name: "rows",
          value: encodeValue(
            rows.map((values, i) => [...values, BigInt(i)]),
            list,
          ),
        },
      ],
    });
    return (answer.content?.tableData?.row ?? []).map((cells: AnyMessage) =>
      decodeValue(cells.cell[0], prepared.type),
    );
  }

  async builtinFunctions(): Promise<AnyMessage[]> {
    const answer = await this.#ask(
      "GetBuiltinFunctions",
      "zetasql.ZetaSQLBuiltinFunctionOptionsProto",
      "GetBuiltinFunctionsResponse",
      { languageOptions: this.#options.language },
    );
    return answer.function;
  }

  #builtinIds(): Promise<Builtins> {
    this.#ids ??= this.builtinFunctions().then((functions) => {
      const ids = ({ signature }: AnyMessage) =>
        signature.map(({ contextId }: AnyMessage) => Number(contextId));
      return new Map(functions.map((one) => [one.namePath.join("."), ids(one)]));
    });
    return this.#ids;
  }

  /** Each name that the statement or a function's body spells, once. */
  async #namesOf(sql: string, functions: readonly CatalogFunction[]): Promise<string[][]> {
    const names = new Map<string, string[]>();
    for (const text of [sql, ...functions.map(bodyQuery)]) {
      for (const name of await this.#spelledNames(text, false)) names.set(name.join("\0"), name);
    }
    return [...names.values()];
  }

  async #spelledNames(sql: string, script: boolean): Promise<string[][]> {
    const answer = await this.#ask(
      "ExtractTableNamesFromStatement",
      "ExtractTableNamesFromStatementRequest",
      "ExtractTableNamesFromStatementResponse",
      { sqlStatement: sql, options: this.#options.language, allowScript: script },
    );
    return answer.tableName.map((name: AnyMessage) => name.tableNameSegment);
  }

  /** A call whose answer may be one kept from before. */
  async #ask(method: string, requestType: string, responseType: string, init: MessageInit) {
    const request = this.#service.encode(requestType, init);
    const bytes = await this.#answers.get([method, request], () => this.#lane.send(method, request));
    return this.#service.decode(responseType, bytes);
  }
}

/** The table a name path means: its own path, or its path behind a project. Longer matches win. */
function findTable(name: readonly string[], tables: readonly CatalogTable[]): CatalogTable | undefined {
  const ends = (path: readonly string[]) =>
    path.length <= name.length && path.every((part, i) => part === name[name.length - path.length + i]);
  const found = tables.filter(({ path }) => ends(path)).sort((a, b) => b.path.length - a.path.length);
  const last = tables.filter(
    ({ path }) =>
      path.length > name.length && name.every((part, i) => part === path[path.length - name.length + i]),
  );
  if (found.length === 0 && last.length > 1) {
    throw new BigQueryError("invalidQuery", `Table name ${name.join(".")} is ambiguous.`);
  }
  return found[0] ?? last[0];
}
