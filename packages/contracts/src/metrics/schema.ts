import { additivities, maturities } from "./types.ts";

const name = { type: "string", pattern: "^[a-z][a-z0-9_]*$" };
const sentence = { type: "string", minLength: 1 };
const names = { type: "array", items: name, uniqueItems: true };

function object(properties: Record<string, object>, optional: readonly string[] = []) {
  return {
    type: "object",
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    additionalProperties: false,
  };
}

function map(values: object) {
  return { type: "object", propertyNames: name, additionalProperties: values };
}

const formula = {
  type: "object",
  properties: {
    count_distinct: name,
    count_rows: name,
    sum: name,
    rows: name,
    once_per: name,
    last_days: { oneOf: [{ const: "all" }, { type: "integer", minimum: 1 }] },
    at_least: { type: "integer", minimum: 2 },
    per_day: { const: true },
    numerator: name,
    less: name,
    denominator: name,
  },
  additionalProperties: false,
  minProperties: 1,
};

/** JSON Schema (draft 2020-12) of definitions/metrics.yaml: its shape. What it refers to is checked in check.ts. */
export const metricsSchema = object(
  {
    version: { const: 1 },
    owner: sentence,
    entities: map(
      object({ zh: sentence, en: sentence, key: { ...names, minItems: 1 }, within: name }, ["within"]),
    ),
    grains: map(object({ meaning: sentence, dimensions: { ...names, minItems: 1 } })),
    facts: map(
      object(
        {
          table: { type: "string", pattern: "^[A-Za-z0-9_]+\\.[A-Za-z0-9_]+$" },
          rows: map(sentence),
          day: name,
          whole: map({ ...names, minItems: 1 }),
          window: object({ event: name, from: name, days: name }),
        },
        ["rows", "day", "whole", "window"],
      ),
    ),
    metrics: {
      type: "array",
      items: object(
        {
          code: name,
          zh: sentence,
          en: sentence,
          meaning: sentence,
          formula,
          additivity: { enum: additivities },
          unit: sentence,
          grain: name,
          fact: name,
          maturity: { enum: maturities },
          owner: sentence,
          pitfalls: sentence,
        },
        ["fact", "owner"],
      ),
    },
    templates: {
      type: "array",
      items: object({
        table: { type: "string" },
        fact: name,
        grain: name,
        dimensions: { ...names, minItems: 1 },
        levels: { oneOf: [{ const: "all" }, { type: "array", items: names, minItems: 1 }] },
        cells: names,
        metrics: { ...names, minItems: 1 },
      }),
    },
    tables: {
      type: "array",
      items: object({ table: { type: "string" }, grain: name, metrics: { ...names, minItems: 1 } }),
    },
  },
  ["tables"],
);
