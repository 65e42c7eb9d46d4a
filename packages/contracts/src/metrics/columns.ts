import { isObject, type JsonObject, type YamlFile } from "../read/document.ts";
import { metricType } from "./types.ts";

/** What a metric's additivity makes of its column. */
const columnAdditivity: Readonly<Record<string, string>> = {
  additive: "additive",
  "semi-additive": "semi-additive",
  distinct: "not additive",
  ratio: "ratio",
};
/** The same in a table that holds several levels and windows side by side. */
const leveledAdditivity = { ...columnAdditivity, additive: "semi-additive" };

/**
 * Columns of the tables of metrics as their contracts inherit them, by table and column: a metric is worded in
 * definitions/metrics.yaml and nowhere else. A table's reader view (v_<table>) has the same.
 */
export function metricColumns(
  source: YamlFile | undefined,
): ReadonlyMap<string, ReadonlyMap<string, JsonObject>> {
  const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  const metrics = list(source?.value.metrics);
  const tables = new Map<string, ReadonlyMap<string, JsonObject>>();
  const inherit = (shown: JsonObject, additivity: Readonly<Record<string, string>>) => {
    const columns = new Map<string, JsonObject>();
    for (const code of Array.isArray(shown.metrics) ? shown.metrics.map(String) : []) {
      const metric = metrics.find((entry) => entry.code === code && entry.grain === shown.grain);
      if (metric) columns.set(code, columnOf(code, metric, additivity));
    }
    const table = String(shown.table);
    tables.set(table, columns);
    tables.set(table.replace(".", ".v_"), columns);
  };
  for (const template of list(source?.value.templates)) inherit(template, leveledAdditivity);
  for (const shown of list(source?.value.tables)) inherit(shown, columnAdditivity);
  return tables;
}

function columnOf(
  code: string,
  metric: JsonObject,
  additivity: Readonly<Record<string, string>>,
): JsonObject {
  return {
    name: code,
    businessName: metric.zh,
    physicalType: metricType(code),
    description: `${metric.meaning} ${metric.pitfalls}`,
    customProperties: [
      { property: "unit", value: metric.unit },
      { property: "additivity", value: additivity[String(metric.additivity)] ?? "not additive" },
    ],
  };
}
