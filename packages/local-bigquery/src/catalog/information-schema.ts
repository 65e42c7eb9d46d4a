import type { Environment, VirtualTable } from "../engine/environment.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import { typeText } from "../types/schema.ts";
import type { Column, SqlType } from "../types/types.ts";
import { sqlLiteral } from "../types/value.ts";
import type { DatasetEntry, RelationEntry, TableEntry } from "./model.ts";
import { quoteIdentifier, quoteString } from "./names.ts";

type Row = readonly unknown[];
interface View {
  readonly columns: readonly Column[];
  rows(env: Environment, datasets: readonly DatasetEntry[]): Row[];
  /** DuckDB queries for rows that must be counted, with the columns by place. */
  queries?(env: Environment, datasets: readonly DatasetEntry[]): string[];
}

const column = (name: string, kind: "STRING" | "INT64" | "BOOL" | "TIMESTAMP"): Column => ({
  name,
  type: { kind },
});
const strings = (...names: string[]): Column[] => names.map((name) => column(name, "STRING"));

/** Milliseconds as a canonical TIMESTAMP. */
function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}

function yesNo(value: boolean): string {
  return value ? "YES" : "NO";
}

function* relationsOf(env: Environment, datasets: readonly DatasetEntry[]): Generator<RelationEntry> {
  for (const dataset of datasets) yield* env.catalog.relations(dataset.id);
}

const VIEWS: Readonly<Record<string, View>> = {
  SCHEMATA: {
    columns: [
      ...strings("catalog_name", "schema_name", "schema_owner"),
      column("creation_time", "TIMESTAMP"),
      column("last_modified_time", "TIMESTAMP"),
      ...strings("location"),
    ],
    rows: (env, datasets) =>
      datasets.map((d) => [
        env.projectId,
        d.id,
        null,
        timestamp(d.created),
        timestamp(d.modified),
        d.location,
      ]),
  },
  TABLES: {
    columns: [
      ...strings(
        "table_catalog",
        "table_schema",
        "table_name",
        "table_type",
        "is_insertable_into",
        "is_typed",
      ),
      column("creation_time", "TIMESTAMP"),
    ],
    rows: (env, datasets) =>
      [...relationsOf(env, datasets)].map((r) => [
        env.projectId,
        r.dataset,
        r.id,
        r.kind === "TABLE" ? "BASE TABLE" : r.materialized ? "MATERIALIZED VIEW" : "VIEW",
        yesNo(r.kind === "TABLE"),
        "NO",
        timestamp(r.created),
      ]),
  },
  VIEWS: {
    columns: strings(
      "table_catalog",
      "table_schema",
      "table_name",
      "view_definition",
      "check_option",
      "use_standard_sql",
    ),
    rows: (env, datasets) =>
      [...relationsOf(env, datasets)].flatMap((r) =>
        r.kind === "VIEW" ? [[env.projectId, r.dataset, r.id, r.query, null, "YES"]] : [],
      ),
  },
  COLUMNS: {
    columns: [
      ...strings("table_catalog", "table_schema", "table_name", "column_name"),
      column("ordinal_position", "INT64"),
      ...strings(
        "is_nullable",
        "data_type",
        "is_generated",
        "generation_expression",
        "is_stored",
        "is_hidden",
      ),
      ...strings("is_updatable", "is_system_defined", "is_partitioning_column"),
      column("clustering_ordinal_position", "INT64"),
      ...strings("collation_name", "column_default", "rounding_mode"),
    ],
    rows: (env, datasets) => [...relationsOf(env, datasets)].flatMap((r) => columnRows(env, r)),
  },
  COLUMN_FIELD_PATHS: {
    columns: strings(
      ...[
        "table_catalog",
        "table_schema",
        "table_name",
        "column_name",
        "field_path",
        "data_type",
        "description",
      ],
    ),
    rows: (env, datasets) =>
      [...relationsOf(env, datasets)].flatMap((r) =>
        r.columns.flatMap((c, place) =>
          fieldPaths(c.name, c.type, r.fields[place]).map(([path, type, description]) => [
            ...[env.projectId, r.dataset, r.id, c.name, path, typeText(type), description],
          ]),
        ),
      ),
  },
};

const PARTITIONS: View = {
  columns: [
    ...strings("table_catalog", "table_schema", "table_name", "partition_id"),
    column("total_rows", "INT64"),
    column("last_modified_time", "TIMESTAMP"),
    ...strings("storage_tier"),
  ],
  rows: () => [],
  queries: (env, datasets) =>
    [...relationsOf(env, datasets)].flatMap((r) => (r.kind === "TABLE" ? [partitionsQuery(env, r)] : [])),
};

const PARTITION_IDS = { HOUR: "%Y%m%d%H", DAY: "%Y%m%d", MONTH: "%Y%m", YEAR: "%Y" } as const;

/** A table's partitions as its rows make them; a table without partitions is one, without a name. */
function partitionsQuery(env: Environment, table: TableEntry): string {
  const { timePartitioning: time, rangePartitioning: range } = table;
  let id = "CAST(NULL AS VARCHAR)";
  if (time?.field)
    id = `coalesce(strftime(${quoteIdentifier(time.field)}, '${PARTITION_IDS[time.type]}'), '__NULL__')`;
  if (range) {
    const { start, end, interval } = range.range;
    const value = quoteIdentifier(range.field);
    const bucket = `CAST(${value} - (${value} - ${start}) % ${interval} AS VARCHAR)`;
    const outside = `${value} < ${start} OR ${value} >= ${end}`;
    id = `CASE WHEN ${value} IS NULL THEN '__NULL__' WHEN ${outside} THEN '__UNPARTITIONED__' ELSE ${bucket} END`;
  }
  const names = [env.projectId, table.dataset, table.id].map(quoteString).join(", ");
  const modified = sqlLiteral(timestamp(table.modified), { kind: "TIMESTAMP" });
  const group = time?.field || range ? "GROUP BY 4" : "";
  return `SELECT ${names}, ${id}, count(*), ${modified}, 'ACTIVE', TRUE FROM ${table.sql} ${group}`;
}

/** `[project.]dataset.INFORMATION_SCHEMA.<view>` or `[project.]region-x.INFORMATION_SCHEMA.<view>`; others are refused by name. */
export function informationSchemaTable(env: Environment, parts: readonly string[]): VirtualTable {
  const at = parts.findIndex((part) => part.toUpperCase() === "INFORMATION_SCHEMA");
  const viewName = parts[at + 1]?.toUpperCase() ?? "";
  const view = viewName === "PARTITIONS" ? PARTITIONS : VIEWS[viewName];
  if (!view || parts.length !== at + 2) throw unsupported(`INFORMATION_SCHEMA.${viewName}`);
  const datasets = qualifiedDatasets(env, parts.slice(0, at), viewName);
  const rows = view.rows(env, datasets);
  const names = view.columns.map((c) => `"${c.name}"`).join(", ");
  const values = rows.map(
    (row) => `(${row.map((v, i) => sqlLiteral(v, view.columns[i]?.type as SqlType)).join(", ")})`,
  );
  const nulls = view.columns.map((c) => sqlLiteral(null, c.type)).join(", ");
  // The row of NULLs, filtered away, gives the columns their types when there are no others.
  const listed = `VALUES (${nulls}, FALSE)${values.map((row) => `, ${row.slice(0, -1)}, TRUE)`).join("")}`;
  const all = [listed, ...(view.queries?.(env, datasets) ?? [])].join(" UNION ALL ");
  const sql = `(SELECT * EXCLUDE (keep) FROM (${all}) AS v(${names}, keep) WHERE keep)`;
  return {
    ...{ virtual: true, kind: "TABLE", dataset: parts.slice(0, at + 1).join("."), id: viewName, sql },
    ...{ fields: [], columns: view.columns, created: 0, modified: 0 },
  };
}

function qualifiedDatasets(env: Environment, before: readonly string[], view: string): DatasetEntry[] {
  const parts = before.length > 0 && env.projects.has(before[0] as string) ? before.slice(1) : [...before];
  const [qualifier] = parts;
  if (qualifier === undefined) {
    if (view === "SCHEMATA") return env.catalog.datasets();
    if (env.defaultDataset) return qualifiedDatasets(env, [env.defaultDataset], view);
    throw new BigQueryError(
      "invalid",
      `INFORMATION_SCHEMA.${view} must be qualified with a dataset or a region`,
    );
  }
  if (/^region-/i.test(qualifier)) {
    const same = qualifier.slice("region-".length).toLowerCase() === env.location.toLowerCase();
    return same ? env.catalog.datasets() : [];
  }
  const dataset = env.catalog.dataset(qualifier);
  if (dataset && parts.length === 1) return [dataset];
  const name = `${env.projectId}:${qualifier}`;
  throw new BigQueryError("notFound", `Not found: Dataset ${name} was not found in location ${env.location}`);
}

function columnRows(env: Environment, relation: RelationEntry): Row[] {
  const table = relation.kind === "TABLE" ? relation : undefined;
  const partition = table?.timePartitioning?.field ?? table?.rangePartitioning?.field;
  return relation.columns.map((c, place) => {
    const field = relation.fields[place];
    const clusteringPlace = table?.clustering?.findIndex((name) => same(name, c.name)) ?? -1;
    return [
      ...[env.projectId, relation.dataset, relation.id, c.name, BigInt(place + 1)],
      ...[yesNo(field?.mode !== "REQUIRED"), typeText(c.type), "NEVER", null, null, "NO"],
      ...[null, "NO", yesNo(partition !== undefined && same(partition, c.name))],
      clusteringPlace < 0 ? null : BigInt(clusteringPlace + 1),
      ...["NULL", field?.defaultValueExpression ?? "NULL", null],
    ];
  });
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

interface Described {
  readonly description?: string;
  readonly fields?: readonly Described[];
}

/** Every field of a column at every depth; arrays of structs are looked into, as BigQuery does. */
function fieldPaths(
  path: string,
  type: SqlType,
  field: Described | undefined,
): [string, SqlType, string | null][] {
  const struct = type.kind === "ARRAY" ? type.element : type;
  const inner =
    struct.kind === "STRUCT"
      ? struct.fields.flatMap((f, place) => fieldPaths(`${path}.${f.name}`, f.type, field?.fields?.[place]))
      : [];
  return [[path, type, field?.description ?? null], ...inner];
}
