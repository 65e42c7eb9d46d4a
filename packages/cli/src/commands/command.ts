import { type ExitCode, wrongUse } from "../errors.ts";
import type { Io } from "../io.ts";

/** A command as data: what --help prints of it, what it takes, and what it does. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** One paragraph below the usage line. */
  readonly description: string;
  readonly argument?: { readonly usage: string; readonly description: string };
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [command: string, does: string])[];
  run(io: Io, options: Options, argument: string): Promise<ExitCode>;
}

export interface Option {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

/** Parsed options by their long name in camel case. */
export type Options = Readonly<Record<string, unknown>> & { readonly state?: string };

/** On every command. */
export const stateOption: Option = {
  flags: "--state <dir>",
  description: "folder of the local warehouse, so that several can stand side by side (default: .growth)",
};

export function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

export function flag(options: Options, name: string): boolean {
  return options[name] === true;
}

export function list(options: Options, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** An option's whole number from 0 on; undefined where it is not given. */
export function wholeNumber(options: Options, name: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw wrongUse(`--${name} ${value} is not a whole number.`);
  return Number(value);
}

/** `{ name: value }`, or nothing where there is no value. */
export function optional<N extends string, T>(name: N, value: T | undefined): { [key in N]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [key in N]?: T });
}
