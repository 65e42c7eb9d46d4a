import { BigQueryError } from "../errors.ts";
import type { SqlType } from "../types/types.ts";

export interface Variable {
  readonly name: string;
  readonly type: SqlType;
  /** Canonical value (types/value.ts); in a dry run, unknown and never read. */
  value: unknown;
}

/** The variables visible at a place in a script. Names ignore case; an inner block may not redeclare an outer name. */
export class Scope {
  private readonly own = new Map<string, Variable>();
  private readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  declare(name: string, type: SqlType, value: unknown): void {
    if (this.find(name)) {
      throw new BigQueryError("invalidQuery", `Variable '${name}' redeclaration`);
    }
    this.own.set(name.toLowerCase(), { name, type, value });
  }

  /** A variable of the system's: it hides an outer one of its name. */
  define(name: string, type: SqlType, value: unknown): void {
    this.own.set(name.toLowerCase(), { name, type, value });
  }

  find(name: string): Variable | undefined {
    return this.own.get(name.toLowerCase()) ?? this.parent?.find(name);
  }

  get(name: string): Variable {
    const variable = this.find(name);
    if (!variable) throw new BigQueryError("invalidQuery", `Undeclared variable: ${name}`);
    return variable;
  }

  /** All visible variables by lower-case name. */
  visible(): Map<string, Variable> {
    const all = this.parent ? this.parent.visible() : new Map<string, Variable>();
    for (const [name, variable] of this.own) all.set(name, variable);
    return all;
  }
}
