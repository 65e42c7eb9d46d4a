import type { SqlType } from "../types/types.ts";
import { type Path, withoutInner } from "./needs.ts";

/** BigQuery's logical sizes ("Data type sizes"); NULL is 0 bytes whatever its type. */
const FIXED: Readonly<Record<string, number>> = {
  ...{ INT64: 8, FLOAT64: 8, NUMERIC: 16, BIGNUMERIC: 32, BOOL: 1, INTERVAL: 16, RANGE: 16 },
  ...{ DATE: 8, DATETIME: 8, TIME: 8, TIMESTAMP: 8 },
};

/** DuckDB SQL of the sum over rows of a column's bytes, or of those of some of its fields. */
export function summedBytes(column: string, type: SqlType, paths: readonly Path[]): string {
  const fixed = FIXED[type.kind];
  if (fixed !== undefined) return `${fixed} * count(${column})`;
  return `coalesce(sum(${valueBytes(column, type, withoutInner(paths))}), 0)`;
}

/** SQL of one value's bytes, never NULL. */
function valueBytes(sql: string, type: SqlType, paths: readonly Path[], depth = 0): string {
  const fixed = FIXED[type.kind];
  if (fixed !== undefined) return `CASE WHEN ${sql} IS NULL THEN 0 ELSE ${fixed} END`;
  switch (type.kind) {
    case "STRING":
      return `coalesce(2 + strlen(${sql}), 0)`;
    case "JSON":
      return `coalesce(strlen(CAST(${sql} AS VARCHAR)), 0)`;
    case "BYTES":
      return `coalesce(2 + octet_length(${sql}), 0)`;
    case "ARRAY": {
      const element = FIXED[type.element.kind];
      // A stored array has no NULL elements.
      if (element !== undefined) return `coalesce(${element} * len(${sql}), 0)`;
      const name = `e${depth}`;
      const each = valueBytes(name, type.element, paths, depth + 1);
      return `coalesce(list_sum(list_transform(${sql}, lambda ${name}: ${each})), 0)`;
    }
    case "STRUCT": {
      const whole = paths.some((path) => path.length === 0) || paths.length === 0;
      const fields = type.fields.flatMap((field, place) => {
        const inner = paths.filter((path) => path[0] === place).map((path) => path.slice(1));
        if (!whole && inner.length === 0) return [];
        return [`(${valueBytes(`struct_extract(${sql}, 'f${place}')`, field.type, inner, depth)})`];
      });
      return fields.length > 0 ? fields.join(" + ") : "0";
    }
    default:
      return "0";
  }
}
