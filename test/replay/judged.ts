import type { Column, SqlType } from "@growth/local-bigquery";
import { type Expected, judge } from "../../packages/simulator/src/judge/judge.ts";
import type { Moment } from "../../packages/simulator/src/judge/known.ts";
import type { RawSources } from "../../packages/simulator/src/judge/rows.ts";
import { contractOf } from "../support/contracts.ts";
import { type SourceName, sources } from "../support/source-rows.ts";
import type { Rows } from "../support/table-text.ts";
import { type TableName, tables } from "../support/tables.ts";
import type { World } from "../support/world.ts";

/** A story's versions by the source's full name. */
export function rawSourcesOf(world: World): RawSources {
  const names = Object.keys(sources) as SourceName[];
  return Object.fromEntries(names.map((name) => [sources[name], world.versions(name)]));
}

/** Expected rows with their contract's columns and types; a column more or less than the contract's is an error. */
export function typedRows({ table, rows }: Expected): Rows {
  const columns: Column[] = contractOf(table).columns.map(({ name, type }) => ({
    name,
    type: { kind: type.kind === "scalar" ? type.name : "JSON" } as SqlType,
  }));
  const promised = columns.map(({ name }) => name);
  for (const row of rows) {
    const odd = [...new Set([...Object.keys(row), ...promised])].filter(
      (name) => !(name in row) || !promised.includes(name),
    );
    if (odd.length > 0)
      throw new Error(`The judge and the contract of ${table} differ in ${odd.join(", ")}.`);
  }
  return { columns, rows: rows.map((row) => promised.map((name) => row[name] ?? null)) };
}

/** What the judge says of a story's tables, asked by their short or full names. */
export function judged(world: World, moment: Moment): (table: TableName | `redcdm.${string}`) => Rows {
  const all = judge(rawSourcesOf(world), moment);
  return (name) => {
    const full = name in tables ? tables[name as TableName] : name;
    const found = all.find(({ table }) => table === full);
    if (!found) throw new Error(`The judge does not know ${full}.`);
    return typedRows(found);
  };
}
