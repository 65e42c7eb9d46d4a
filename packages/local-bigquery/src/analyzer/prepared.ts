import type { SqlType } from "../types/types.ts";
import { simpleCatalog } from "./catalogs.ts";
import type { Engine, MessageInit } from "./engine.ts";
import { typeOf } from "./nodes.ts";

interface Query {
  readonly key: string;
  readonly sql: string;
  readonly parameters: readonly MessageInit[];
}

interface Prepared {
  readonly id: bigint;
  readonly type: SqlType;
}

const CAPACITY = 256;

/** Queries of one column that the reference implementation has analyzed, kept until the engine restarts. */
export class PreparedQueries {
  #engine: Engine;
  #options: MessageInit;
  #known = new Map<string, Prepared>();
  #generation = 0;

  #catalog: { readonly id: bigint; readonly generation: number } | undefined;

  constructor(engine: Engine, options: MessageInit) {
    this.#engine = engine;
    this.#options = options;
  }

  /** The id of a catalog of the built-in functions alone. */
  catalog(): bigint {
    const { generation } = this.#engine;
    if (this.#catalog?.generation !== generation) {
      const content = simpleCatalog([], new Map(), this.#options.languageOptions);
      const answer = this.#engine.call("RegisterCatalog", "RegisterCatalogRequest", "RegisterResponse", {
        simpleCatalog: content,
      });
      this.#catalog = { id: answer.registeredId, generation };
    }
    return this.#catalog.id;
  }

  get({ key, sql, parameters }: Query): Prepared {
    if (this.#generation !== this.#engine.generation) {
      this.#known.clear();
      this.#generation = this.#engine.generation;
    }
    let prepared = this.#known.get(key);
    if (prepared) return prepared;
    const { prepared: state } = this.#engine.call(
      "PrepareQuery",
      "PrepareQueryRequest",
      "PrepareQueryResponse",
      {
        sql,
        options: { ...this.#options, queryParameters: parameters },
        catalog: {
          case: "registeredCatalogId",
          value: this.catalog(),
        },
      },
    );
    prepared = {
      id: state.preparedQueryId,
      type: typeOf(state.columns[0].type, this.#engine.service.registry),
    };
    this.#known.set(key, prepared);
    if (this.#known.size > CAPACITY) {
      const [oldest, { id }] = this.#known.entries().next().value as [string, Prepared];
      this.#known.delete(oldest);
      this.#engine.call("UnprepareQuery", "UnprepareQueryRequest", undefined, { preparedQueryId: id });
    }
    return prepared;
  }
}
