import type { SqlType } from "../types/types.ts";
import type { Catalogs } from "./catalogs.ts";
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
  #catalogs: Catalogs;
  #known = new Map<string, Prepared>();
  #generation = 0;

  constructor(engine: Engine, options: MessageInit, catalogs: Catalogs) {
    this.#engine = engine;
    this.#options = options;
    this.#catalogs = catalogs;
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
          value: this.#catalogs.id(this.#catalogs.request([], new Map())),
        },
      },
    );
    prepared = { id: state.preparedQueryId, type: typeOf(state.columns[0].type, this.#engine.registry) };
    this.#known.set(key, prepared);
    if (this.#known.size > CAPACITY) {
      const [oldest, { id }] = this.#known.entries().next().value as [string, Prepared];
      this.#known.delete(oldest);
      this.#engine.call("UnprepareQuery", "UnprepareQueryRequest", undefined, { preparedQueryId: id });
    }
    return prepared;
  }
}
