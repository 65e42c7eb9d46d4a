import type { ResolvedOption } from "../../analyzer/resolved.ts";
import type { Translation } from "../context.ts";
import { literalExpression } from "../expressions/literal.ts";
import type { OptionValues } from "../translated.ts";

/** OPTIONS(...) as values; an option that would have to be computed is refused. */
export function optionValues(t: Translation, options: readonly ResolvedOption[]): OptionValues {
  const values: Record<string, unknown> = {};
  for (const option of options) {
    if (option.value.kind !== "ResolvedLiteral" || option.assignmentOp !== "DEFAULT_ASSIGN") {
      throw t.unsupported(`option ${option.name} that is not a literal`, option.value);
    }
    values[option.name.toLowerCase()] = literalExpression(option.value).literal;
  }
  return values;
}
