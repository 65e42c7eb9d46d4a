import type { ScalarCall, TypedSql } from "./contract.ts";
import { referenceCall } from "./reference.ts";
import { arg, bind, type Family, isKind } from "./sql.ts";

/** Both sides run RE2 with the same options, so a literal pattern over STRING is native. */
function native(
  call: ScalarCall,
  translate: (text: TypedSql, pattern: TypedSql) => string | undefined,
): string {
  const [text, pattern] = [arg(call, 0), arg(call, 1)];
  const isNative = isKind(text.type, "STRING") && typeof pattern.literal === "string";
  return (isNative && translate(text, pattern)) || referenceCall(call);
}

function contains(call: ScalarCall): string {
  if (!isKind(arg(call, 0).type, "STRING")) return referenceCall(call);
  return `regexp_matches(${arg(call, 0).sql}, ${arg(call, 1).sql})`;
}

/** The one group, or the whole match where there is none; NULL where nothing matches (DuckDB: an empty text). */
function extract(call: ScalarCall): string {
  if (call.args.length > 2) return referenceCall(call);
  return native(call, (text, pattern) => {
    const groups = captureGroups(pattern.literal as string);
    // A group that may be left out answers NULL, which DuckDB does not tell from an empty one.
    if (groups === undefined || groups > 1 || (groups === 1 && isOptionalGroup(pattern.literal as string)))
      return undefined;
    return bind(
      [text.sql],
      (s) =>
        `(CASE WHEN regexp_matches(${s}, ${pattern.sql}) THEN regexp_extract(${s}, ${pattern.sql}, ${groups}) END)`,
    );
  });
}

/** Capturing groups of a pattern; undefined where brackets make counting unsure. */
function captureGroups(pattern: string): number | undefined {
  const plain = pattern.replace(/\\./gs, "");
  if (/\[[^\]]*[()][^\]]*\]/.test(plain) || plain.includes("\\Q")) return undefined;
  return [...plain.matchAll(/\((?!\?)|\(\?P?</g)].length;
}

function isOptionalGroup(pattern: string): boolean {
  return /\)[?*{]|\|/.test(pattern.replace(/\\./gs, "").replace(/\[[^\]]*\]/g, ""));
}

/** Replaces every match; \1 to \9 and \0 name groups on both sides. */
function replace(call: ScalarCall): string {
  const by = arg(call, 2);
  return native(call, (text, pattern) => {
    const replacement = by.literal;
    if (typeof replacement !== "string") return undefined;
    const groups = captureGroups(pattern.literal as string);
    const wanted = Math.max(0, ...[...replacement.matchAll(/\\(\d)/g)].map((match) => Number(match[1])));
    if (groups === undefined || wanted > groups || /\\[^\d\\]|\\$/.test(replacement.replaceAll("\\\\", "")))
      return undefined;
    // An empty match beside another is replaced differently by the two.
    if (matchesEmpty(pattern.literal as string)) return undefined;
    return `regexp_replace(${text.sql}, ${pattern.sql}, ${by.sql}, 'g')`;
  });
}

function matchesEmpty(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test("") || /[$^*?|]|\\[bB]|\{0/.test(pattern);
  } catch {
    return true;
  }
}

export const regexp: Family = {
  regexp_contains: contains,
  regexp_extract: extract,
  regexp_replace: replace,
};
