import { isObject, type JsonObject, type YamlFile } from "../read/document.ts";
import { metricType } from "./types.ts";

/** What a metric's additivity makes of its column, in a table that holds several levels and windows side by side. */
const columnAdditivity: Readonly<Record<string, string>> = {
  additive: "semi-additive",
  "semi-additive": "semi-additive",
  distinct: "not additive",
  ratio: "ratio",
};

/**
 * Columns of the tables of metrics as their contracts inherit them, by table and column: a metric is worded in
 * definitions/metrics.yaml and nowhere else. A table's reader view (v_<table>) has the same.
 */
export function metricColumns(
  source: YamlFile | undefined,
): ReadonlyMap<string, ReadonlyMap<string, JsonObject>> {
  const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  const metrics = new Map(list(source?.value.metrics).map((metric) => [metric.code, metric] as const));
  const tables = new Map<string, ReadonlyMap<string, JsonObject>>();
  for (const template of list(source?.value.templates)) {
    const columns = new Map<string, JsonObject>();
    for (const code of Array.isArray(template.metrics) ? template.metrics.map(String) : []) {
      const metric = metrics.get(code);
      if (metric) columns.set(code, columnOf(code, metric));
    }
    const table = String(template.table);
    tables.set(table, columns);
    tables.set(table.replace(".", ".v_"), columns);
  }
  return tables;
}

function columnOf(code: string, metric: JsonObject): JsonObject {
  return {
    name: code,
    businessName: metric.zh,
    physicalType: metricType(code),
    description: `${metric.meaning} ${metric.pitfalls}`,
    customProperties: [
      { property: "unit", value: metric.unit },
      { property: "additivity", value: columnAdditivity[String(metric.additivity)] ?? "not additive" },
    ],
  };
}
