// What linters of SQL cannot see, as data: the wrapper's own rules.
import type { CompiledAction } from "../compile/graph.ts";
import type { Severity } from "../violation.ts";

export interface OwnRule {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly description: string;
  /** What to do. */
  readonly remedy: string;
  /** Checks an action by its compiled config; the others are checked where their facts are. */
  readonly config?: {
    readonly types: readonly ActionType[];
    /** True where the action keeps the rule. */
    readonly kept: (action: CompiledAction, assertions: ReadonlySet<string>) => boolean;
  };
}

export type ActionType = "table" | "incremental" | "view" | "declaration" | "operation";

export const ownRules = [
  {
    code: "SW01",
    name: "dataform.compiles",
    severity: "error",
    description: "The project compiles.",
    remedy: "Correct what the compiler says.",
  },
  {
    code: "SW02",
    name: "dataform.compiled",
    severity: "warning",
    description: "Every statement is in the compiled project.",
    remedy: "What is not was linted by a guess of what its placeholders give.",
  },
  {
    code: "SW03",
    name: "dataform.lintable",
    severity: "error",
    description: "sqlfluff lints every statement.",
    remedy: "Report the message to sqlfluff, or leave the file out in the settings.",
  },
  {
    code: "SW04",
    name: "dataform.closed",
    severity: "error",
    description: "Every block, placeholder and quoted string ends.",
    remedy: "Close it.",
  },
  {
    code: "SW10",
    name: "config.description",
    severity: "error",
    description: "A table, view, declaration or operation with output has a description.",
    remedy: "Say in the config block what a row is.",
    config: {
      types: ["table", "incremental", "view", "declaration", "operation"],
      kept: (action) => (action.actionDescriptor?.description ?? "").trim() !== "",
    },
  },
  {
    code: "SW11",
    name: "config.key",
    severity: "error",
    description:
      "A table has a key: a uniqueKey, an assertion on one, or an assertion named in the settings.",
    remedy: "Add assertions: { uniqueKey: [...] } to the config block.",
    config: {
      types: ["table", "incremental"],
      kept: (action, assertions) => (action.uniqueKey ?? []).length > 0 || assertions.has("key"),
    },
  },
  {
    code: "SW12",
    name: "config.partition",
    severity: "error",
    description: "An incremental table has a partition column; others may be too small for one.",
    remedy: "Add bigquery: { partitionBy: ... } to the config block.",
    config: {
      types: ["incremental"],
      kept: (action) => (action.bigquery?.partitionBy ?? "") !== "",
    },
  },
  {
    code: "SW13",
    name: "references.ref",
    severity: "error",
    description: "A table of another action is named by ref(), not by its dataset.",
    remedy: "Declare the table and use ref(), so that Dataform knows the dependency.",
  },
] as const satisfies readonly OwnRule[];

export type OwnCode = (typeof ownRules)[number]["code"];

export function ownRule(code: OwnCode): OwnRule {
  return ownRules.find((rule) => rule.code === code) as OwnRule;
}
