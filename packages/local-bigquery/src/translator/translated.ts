import type { Column } from "../types/types.ts";

/** What a statement became: DuckDB SQL, or what the catalog is to do. Paths are as the statement wrote them. */
export type Translated = {
  readonly kind: "query";
  readonly sql: string;
  readonly columns: readonly Column[];
};
