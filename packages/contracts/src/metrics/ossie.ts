import { stringify } from "yaml";
import type { Column, Contract } from "../contract.ts";
import { typeText } from "../types.ts";
import {
  type Fact,
  isRatio,
  type Metric,
  type MetricsFile,
  metricAt,
  metricType,
  partsOf,
  ratioSql,
} from "./types.ts";

/** Version of the Apache Ossie core specification that the model is written in. */
const OSSIE_VERSION = "0.2.0.dev0";

const datatypes: Readonly<Record<string, string>> = {
  STRING: "String",
  INT64: "Integer",
  NUMERIC: "Decimal",
  BIGNUMERIC: "Decimal",
  FLOAT64: "Float",
  BOOL: "Boolean",
  DATE: "Date",
  TIME: "Time",
  DATETIME: "DateTime",
  TIMESTAMP: "DateTimeTz",
};

const sql = (expression: string) => ({ dialects: [{ dialect: "BIGQUERY", expression }] });
const extension = (data: object) => [{ vendor_name: "GROWTH", data: JSON.stringify(data) }];

/**
 * The metrics and the facts below them as an Apache Ossie semantic model (YAML), for tools that read one. Expressions
 * are GoogleSQL over a fact's rows; metrics of the last days and of logs are left out. What Ossie has no word for (grain, additivity, maturity, amounts that count once per
 * entity) stands in custom_extensions of vendor GROWTH.
 */
export function semanticModel(file: MetricsFile, contracts: readonly Contract[]): string {
  const used = Object.entries(file.facts);
  const model = {
    version: OSSIE_VERSION,
    name: "growth",
    description: "Metrics of e-commerce user growth (交易用增), from definitions/metrics.yaml.",
    datasets: used.map(([name, fact]) => dataset(name, fact, contracts)),
    metrics: file.metrics
      .filter((metric) => isOfItsRows(metric, file))
      .map((metric) => ({
        // A code that stands at several grains is named with each.
        name: isAlone(metric, file) ? metric.code : `${metric.grain}_${metric.code}`,
        expression: sql(expressionOf(metric, file)),
        description: metric.meaning,
        datatype: datatypes[metricType(metric.code)] ?? "Decimal",
        ai_context: { synonyms: [metric.zh, metric.en], instructions: metric.pitfalls },
        custom_extensions: extension({
          unit: metric.unit,
          additivity: metric.additivity,
          maturity: metric.maturity,
          owner: metric.owner ?? file.owner,
          grain: metric.grain,
          dimensions: file.grains[metric.grain]?.dimensions ?? [],
        }),
      })),
  };
  return `# Written by the build from definitions/metrics.yaml: change that.\n${stringify(model, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}

function isAlone({ code }: Metric, file: MetricsFile): boolean {
  return file.metrics.filter((other) => other.code === code).length === 1;
}

function dataset(name: string, fact: Fact, contracts: readonly Contract[]) {
  const contract = contracts.find(({ table }) => table === fact.table);
  return {
    name,
    source: fact.table,
    ...(contract && { primary_key: [...contract.key], description: contract.description }),
    fields: (contract?.columns ?? []).map(field),
    custom_extensions: extension({
      rows: fact.rows ?? {},
      whole: fact.whole ?? {},
      day: fact.day ?? null,
      window: fact.window ?? null,
    }),
  };
}

function field(column: Column) {
  const datatype = datatypes[typeText(column.type)];
  return {
    name: column.name,
    expression: sql(column.name),
    ...(!column.additivity && { dimension: { is_time: datatype === "Date" || datatype === "DateTimeTz" } }),
    ...(column.businessName && { label: column.businessName }),
    description: column.description,
    ...(datatype && { datatype }),
  };
}

/**
 * Whether a metric is an aggregate of the rows it is asked of. One of the last days is not, nor one of a log of versions, whose rows
 * are of no day: Ossie has no word for that.
 */
export function isOfItsRows(metric: Metric, file: MetricsFile): boolean {
  const { formula } = metric;
  if (!isRatio(formula)) {
    const { day, window } = file.facts[metric.fact ?? ""] ?? {};
    return !("last_days" in formula) && (day ?? window) !== undefined;
  }
  return partsOf(formula).every((code) => {
    const part = metricAt(file, code, metric.grain);
    return part === undefined || isOfItsRows(part, file);
  });
}

/** A metric over all rows of its fact, as GoogleSQL with the fact's name before each column. */
export function expressionOf(metric: Metric, file: MetricsFile): string {
  const { formula } = metric;
  if (isRatio(formula)) {
    const part = (code: string) => {
      const found = metricAt(file, code, metric.grain);
      return found ? expressionOf(found, file) : code;
    };
    return ratioSql(metric.code, formula, part);
  }
  const fact = metric.fact ?? "";
  const condition = (rows: string | undefined) =>
    rows === undefined ? undefined : qualified(file.facts[fact]?.rows?.[rows] ?? rows, fact);
  if ("count_rows" in formula) return `COUNTIF(${condition(formula.count_rows)})`;
  const where = condition(formula.rows);
  if ("count_distinct" in formula) {
    const key = (file.entities[formula.count_distinct]?.key ?? []).map((column) => `${fact}.${column}`);
    const one = key.length === 1 ? String(key[0]) : `CONCAT(${key.join(", '|', ")})`;
    return `COUNT(DISTINCT ${where === undefined ? one : `IF(${where}, ${one}, NULL)`})`;
  }
  const value = `${fact}.${formula.sum}`;
  const filtered = where === undefined ? value : `IF(${where}, ${value}, NULL)`;
  if (formula.once_per === undefined) return `SUM(${filtered})`;
  // Each entity's rows of a day repeat the amount. It counts once if it is made different from all others by its key, and the keys
  // are taken off again: 28 digits of the key's fingerprint leave nine before the decimal point to the amount.
  const event = file.facts[fact]?.window?.event;
  const key = [...(file.entities[formula.once_per]?.key ?? []), ...(event ? [event] : [])];
  const text = key.map((column) => `CAST(${fact}.${column} AS STRING)`).join(", '|', ");
  const print = `CAST(FARM_FINGERPRINT(CONCAT(${text})) AS BIGNUMERIC) * 1000000000`;
  const marked = (amount: string) => `SUM(DISTINCT IF(${filtered} IS NULL, NULL, ${print}${amount}))`;
  return `CAST(${marked(` + CAST(${filtered} AS BIGNUMERIC)`)} - ${marked("")} AS NUMERIC)`;
}

/**
 * A condition's column with the fact's name before it: conditions of facts are written `column <operator> ...`, or with the name
 * where they begin otherwise.
 */
function qualified(condition: string, fact: string): string {
  return condition.replace(/^([a-z_][a-z0-9_]*)(?![a-z0-9_.])/, `${fact}.$1`);
}
