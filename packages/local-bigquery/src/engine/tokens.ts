import { randomBytes } from "node:crypto";
import type { TypedValue } from "../script/host.ts";
import { sqlLiteral } from "../types/value.ts";

/**
 * Values that differ from one execution to the next stand in a translation as tokens, so that one translation serves
 * all. The tag is random per process: no text of a user can spell one.
 */
const TAG = randomBytes(9).toString("base64url").replaceAll("-", "_");
const TOKEN = new RegExp(`<${TAG}:([vp]):([^:>]*)>|<${TAG}:now>`, "g");

export const nowToken = `<${TAG}:now>`;

export function variableToken(name: string): string {
  return `<${TAG}:v:${encodeURIComponent(name.toLowerCase())}>`;
}

export function parameterToken(nameOrPosition: string | number): string {
  return `<${TAG}:p:${encodeURIComponent(String(nameOrPosition).toLowerCase())}>`;
}

export interface TokenValues {
  readonly variables: ReadonlyMap<string, TypedValue>;
  readonly named: ReadonlyMap<string, TypedValue>;
  readonly positional: readonly TypedValue[];
  /** Microseconds since 1970. */
  readonly now: bigint;
}

/** False if the SQL has a variable whose value nobody knows yet: in a dry run it is undefined, where NULL is null. */
export function areKnown(sql: string, values: TokenValues): boolean {
  return [...sql.matchAll(TOKEN)].every(
    ([, kind, name]) =>
      kind !== "v" || values.variables.get(decodeURIComponent(name ?? ""))?.value !== undefined,
  );
}

/** The translation with literals in the places of its tokens. */
export function fillTokens(sql: string, values: TokenValues): string {
  return sql.replace(TOKEN, (_token, kind: string | undefined, encoded: string | undefined) => {
    if (kind === undefined || encoded === undefined) return `make_timestamptz(${values.now})`;
    const name = decodeURIComponent(encoded);
    const value = kind === "v" ? values.variables.get(name) : parameter(values, name);
    if (!value) throw new Error(`The translation asks for ${name}, which has no value.`);
    return sqlLiteral(value.value, value.type);
  });
}

function parameter(values: TokenValues, name: string): TypedValue | undefined {
  return /^\d+$/.test(name) ? values.positional[Number(name) - 1] : values.named.get(name);
}
