import type { Column, Contract } from "../contract.ts";
import { typeText } from "../types.ts";

/** How a name's ending fixes a column's type, in every table. */
const typeByName: readonly (readonly [RegExp, string])[] = [
  [/(^|_)ds$/, "DATE"],
  [/_at$/, "TIMESTAMP"],
  [/_(id|code)$/, "STRING"],
  [/^(is|has)_/, "BOOL"],
  [/_(cnt|uv)$/, "INT64"],
  [/(^|_)amt$/, "NUMERIC"],
  [/(_rate|^roi|_roi)$/, "FLOAT64"],
];
const measures = /(^|_)(amt|cnt|uv|rate|share|days|roi|qty)$/;
export const additivities = ["additive", "semi-additive", "not additive", "ratio"];

/** What is wrong with a column's name, type or labels, each as a sentence. */
export function columnProblems(column: Column): string[] {
  const problems: string[] = [];
  const { name, type } = column;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`column "${name}" is not in lower_snake_case`);
  // With its labels a description has to fit BigQuery's 1,024 characters.
  if (column.description.length > 800)
    problems.push(`the description of "${name}" is longer than 800 characters`);
  const expected = typeByName.find(([ending]) => ending.test(name))?.[1];
  if (expected && typeText(type) !== expected) {
    problems.push(`column "${name}" is ${typeText(type)}; a name like this is ${expected} in every table`);
  }
  if (measures.test(name) && !column.unit) {
    problems.push(`measure "${name}" has no unit; add customProperties: - { property: unit, value: ... }`);
  }
  if (measures.test(name) && !column.additivity) {
    const choices = additivities.join(", ");
    problems.push(
      `measure "${name}" has no additivity; add customProperties: - { property: additivity, value: ... } (${choices})`,
    );
  }
  if (column.additivity && !additivities.includes(column.additivity)) {
    problems.push(`additivity "${column.additivity}" of "${name}" is not one of ${additivities.join(", ")}`);
  }
  return problems;
}

/** What is wrong with the table as a whole; each with the place in the file it concerns. */
export function tableProblems(contract: Contract): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const at = (path: (string | number)[], message: string) =>
    problems.push({ path: ["schema", 0, ...path], message });
  const fileName = contract.file.replace(/^.*\//, "").replace(/\.ya?ml$/, "");
  if (fileName !== contract.name) {
    at(["physicalName"], `the file is named "${fileName}", the table "${contract.name}"; give both one name`);
  }
  if (!/\bone row per [^.]+\.?$/i.test(contract.description.trim())) {
    at(["description"], 'the description does not end in "One row per ...", the table\'s grain');
  }
  if (!contract.grain) at([], "no dataGranularityDescription; write the grain, such as coupon_id x order_id");
  if (!contract.businessName) at([], "no businessName; write the table's Chinese name");
  if (contract.key.length === 0) at(["properties"], "no key; mark its columns with primaryKey: true");
  for (const name of contract.key) {
    const type = contract.columns.find((column) => column.name === name)?.type;
    if (type && (type.kind !== "scalar" || ["FLOAT64", "JSON"].includes(type.name))) {
      at(["properties"], `key column "${name}" is ${typeText(type)}, which has no equality to count on`);
    }
  }
  if (contract.clusterBy.length > 4)
    at(["customProperties"], "clusterBy has more than BigQuery's four columns");
  for (const name of [...contract.clusterBy, ...(contract.versionedBy ? [contract.versionedBy] : [])]) {
    if (!contract.columns.some((column) => column.name === name)) {
      at(["customProperties"], `"${name}" is not a column of ${contract.table}`);
    }
  }
  return problems;
}
