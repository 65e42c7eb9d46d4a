/** TypeModifiersProto, as far as it is read here. */
interface Parameters {
  readonly typeParameters?: {
    readonly case?: string;
    readonly value?: {
      readonly param?: { readonly case?: string; readonly value?: unknown };
      readonly precisionParam?: { readonly case?: string; readonly value?: unknown };
      readonly scale?: bigint;
    };
  };
  readonly childList?: readonly unknown[];
}

/** TypeModifiersProto carries, set or not, parameters such as STRING(10) and a collation. */
export function hasTypeParameters(modifiers: unknown): boolean {
  const parameters = parametersOf(modifiers);
  return parameters?.typeParameters?.case !== undefined || (parameters?.childList?.length ?? 0) > 0;
}

/** "(10)" or "(5, 2)" as a scalar type's parameters are written; undefined where an element or field has them. */
export function typeParametersText(modifiers: unknown): string | undefined {
  const held = parametersOf(modifiers)?.typeParameters;
  switch (held?.case) {
    case "stringTypeParameters":
      return `(${held.value?.param?.case === "maxLength" ? held.value.param.value : "MAX"})`;
    case "numericTypeParameters": {
      const { precisionParam, scale } = held.value ?? {};
      return `(${precisionParam?.case === "precision" ? precisionParam.value : "MAX"}, ${scale ?? 0})`;
    }
    default:
      return undefined;
  }
}

function parametersOf(modifiers: unknown): Parameters | undefined {
  return (modifiers as { typeParameters?: Parameters }).typeParameters;
}
