import { quoted } from "../types/literal.ts";
import { equal } from "./comparison.ts";
import type { ScalarCall, TypedSql } from "./contract.ts";
import { arg, bind, bindAll, type Family, isKind, raise, refuse } from "./sql.ts";

function joined(operator: "AND" | "OR"): (call: ScalarCall) => string {
  return (call) => `(${call.args.map((item) => item.sql).join(` ${operator} `)})`;
}

function caseWithoutValue(call: ScalarCall): string {
  const pairs = Math.floor(call.args.length / 2);
  const branches = Array.from(
    { length: pairs },
    (_, i) => `WHEN ${arg(call, 2 * i).sql} THEN ${arg(call, 2 * i + 1).sql}`,
  );
  const otherwise = call.args.length % 2 === 1 ? ` ELSE ${arg(call, call.args.length - 1).sql}` : "";
  return `(CASE ${branches.join(" ")}${otherwise} END)`;
}

function caseWithValue(call: ScalarCall): string {
  const [value, ...rest] = call.args;
  if (!value) throw refuse(call);
  return bind([value.sql], (v) => {
    const subject: TypedSql = { ...value, sql: v };
    const pairs = Math.floor(rest.length / 2);
    const branches = Array.from({ length: pairs }, (_, i) => {
      const [when, then] = [rest[2 * i] as TypedSql, rest[2 * i + 1] as TypedSql];
      return `WHEN ${equal(subject, when, call)} THEN ${then.sql}`;
    });
    const otherwise = rest.length % 2 === 1 ? ` ELSE ${(rest.at(-1) as TypedSql).sql}` : "";
    return `(CASE ${branches.join(" ")}${otherwise} END)`;
  });
}

function nullIf(call: ScalarCall): string {
  const [a, b] = [arg(call, 0), arg(call, 1)];
  return bind([a.sql], (x) => `(CASE WHEN ${equal({ ...a, sql: x }, b, call)} THEN NULL ELSE ${x} END)`);
}

/** An operand that DuckDB has as a number, too. */
function number(call: ScalarCall): string {
  if (isKind(call.type, "BIGNUMERIC")) throw refuse(call);
  return arg(call, 0).sql;
}

/** The expression in a struct, or NULL where it fails: so that its own NULL can be told from an error. */
function attempt(sql: string): string {
  return `list_transform([0], lambda _try: TRY(struct_pack(v := ${sql})))[1]`;
}

export const logic: Family = {
  $and: joined("AND"),
  $or: joined("OR"),
  $not: (call) => `(NOT ${arg(call, 0).sql})`,
  $is_null: (call) => `(${arg(call, 0).sql} IS NULL)`,
  $is_true: (call) => `(${arg(call, 0).sql} IS TRUE)`,
  $is_false: (call) => `(${arg(call, 0).sql} IS FALSE)`,
  $case_no_value: caseWithoutValue,
  $case_with_value: caseWithValue,
  if: (call) => `(CASE WHEN ${arg(call, 0).sql} THEN ${arg(call, 1).sql} ELSE ${arg(call, 2).sql} END)`,
  ifnull: (call) => `coalesce(${arg(call, 0).sql}, ${arg(call, 1).sql})`,
  coalesce: (call) => `coalesce(${call.args.map((item) => item.sql).join(", ")})`,
  nullif: nullIf,
  nullifzero: (call) => `nullif(${number(call)}, 0)`,
  zeroifnull: (call) => `coalesce(${number(call)}, 0)`,
  iferror: (call) =>
    bindAll(
      [attempt(arg(call, 0).sql)],
      (tried) => `(CASE WHEN ${tried} IS NULL THEN ${arg(call, 1).sql} ELSE ${tried}.v END)`,
    ),
  nulliferror: (call) => bindAll([attempt(arg(call, 0).sql)], (tried) => `${tried}.v`),
  iserror: (call) => `(${attempt(arg(call, 0).sql)} IS NULL)`,
  error: (call) => raise("", arg(call, 0).sql),
  session_user: () => quoted("local@localhost"),
  generate_uuid: () => "CAST(gen_random_uuid() AS VARCHAR)",
};
