import type { FieldSchema, TableEntry } from "../../catalog/model.ts";
import { BigQueryError, unsupported } from "../../errors.ts";
import type { ColumnSpec, OptionValues, PartitionSpec } from "../../translator/translated.ts";
import { restField } from "../../types/schema.ts";
import { timestampMicros } from "../../types/time.ts";

/** OPTIONS(...) that change nothing about how a local table behaves. */
const WITHOUT_EFFECT = new Set([
  "kms_key_name",
  "max_staleness",
  "enable_change_history",
  "enable_refresh",
  "refresh_interval_minutes",
  "storage_billing_model",
  "max_time_travel_hours",
  "is_case_insensitive",
  "privacy_policy",
  "tags",
]);

const DAY_MS = 86_400_000;

type Described = {
  -readonly [K in
    | "description"
    | "friendlyName"
    | "labels"
    | "expirationTime"
    | "requirePartitionFilter"]?: TableEntry[K];
} & { location?: string; partitionExpirationMs?: string; defaultTableExpirationMs?: string };

/** Options of a table, view or dataset as the catalog keeps them; undefined where an option was set to NULL. */
export function describe(options: OptionValues): Described {
  const known: Described = {};
  for (const [name, value] of Object.entries(options)) {
    const text = value === null ? undefined : String(value);
    if (name === "description") known.description = text as string;
    else if (name === "friendly_name") known.friendlyName = text as string;
    else if (name === "labels") known.labels = labels(value);
    else if (name === "expiration_timestamp") {
      known.expirationTime = (text && String(timestampMicros(text) / 1000n)) as string;
    } else if (name === "partition_expiration_days" || name === "default_partition_expiration_days") {
      known.partitionExpirationMs = (text && String(Math.round(Number(text) * DAY_MS))) as string;
    } else if (name === "default_table_expiration_days") {
      known.defaultTableExpirationMs = (text && String(Math.round(Number(text) * DAY_MS))) as string;
    } else if (name === "require_partition_filter") known.requirePartitionFilter = value === true;
    else if (name === "location") known.location = text as string;
    else if (!WITHOUT_EFFECT.has(name)) throw unsupported(`option ${name}`);
  }
  return known;
}

/** BigQuery's labels: [["key", "value"], ...]. */
function labels(value: unknown): Record<string, string> {
  const pairs = (value ?? []) as readonly (readonly [string, string])[];
  for (const [key] of pairs) {
    if (!/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key)) {
      throw new BigQueryError("invalid", `Label key "${key}" has invalid characters.`);
    }
  }
  return Object.fromEntries(pairs);
}

export function fieldsOf(columns: readonly ColumnSpec[]): FieldSchema[] {
  return columns.map((column) => ({
    ...(restField(column) as FieldSchema),
    ...(column.notNull && { mode: "REQUIRED" }),
    ...(column.description !== undefined && { description: column.description }),
    ...(column.default && { defaultValueExpression: column.default.text }),
  }));
}

export function partitioning(
  spec: PartitionSpec | undefined,
  expirationMs: string | undefined,
): Pick<TableEntry, "timePartitioning" | "rangePartitioning"> {
  if (!spec) return {};
  if (spec.kind === "range") {
    const range = { start: String(spec.start), end: String(spec.end), interval: String(spec.interval) };
    return { rangePartitioning: { field: spec.column, range } };
  }
  return {
    timePartitioning: { type: spec.unit, field: spec.column, ...(expirationMs && { expirationMs }) },
  };
}
