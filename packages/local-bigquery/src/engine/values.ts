import type { Parameters, TypedValue } from "../script/host.ts";
import type { Scope } from "../script/variables.ts";
import type { SqlType } from "../types/types.ts";
import type { ValueTypes } from "./compiler.ts";
import type { TokenValues } from "./tokens.ts";

export type Values = TokenValues;

/** What a statement may refer to at this moment: the script's variables, the request's parameters, the clock. */
export function valuesFor(scope: Scope, parameters: Parameters | undefined): Values {
  return {
    variables: scope.visible(),
    named: parameters?.named ?? new Map(),
    positional: parameters?.positional ?? [],
    now: BigInt(Date.now()) * 1000n,
  };
}

export function typesOf(values: Values): ValueTypes {
  const types = (map: ReadonlyMap<string, TypedValue>): Map<string, SqlType> =>
    new Map([...map].map(([name, { type }]) => [name, type]));
  return {
    variables: types(values.variables),
    named: types(values.named),
    positional: values.positional.map(({ type }) => type),
  };
}
