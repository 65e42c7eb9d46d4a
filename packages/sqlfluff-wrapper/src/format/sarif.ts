import { createHash } from "node:crypto";
import type { Rule } from "../driver/protocol.ts";
import type { LintResult } from "../lint/linter.ts";
import { ownRules } from "../rules/rules.ts";
import type { Violation } from "../violation.ts";

const informationUri = "https://docs.sqlfluff.com/en/stable/reference/rules.html";

/** SARIF 2.1.0. A finding's fingerprint outlives changes elsewhere in the file: it counts equal ones, not lines. */
export function sarif(result: LintResult, lineOf: (violation: Violation) => string): string {
  const rules = rulesOf(result.violations);
  const places = new Map(rules.map((rule, place) => [rule.code, place]));
  const repeats = new Map<string, number>();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sqlfluff-wrapper",
            informationUri,
            rules: rules.map(({ code, name, description }) => ({
              id: code,
              ...(name ? { name } : {}),
              shortDescription: { text: description },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { PROJECT: { description: { text: "The Dataform project's folder." } } },
        results: result.violations.map((violation) => {
          const same = [violation.file, violation.code, lineOf(violation).trim()].join("\0");
          const repeat = repeats.get(same) ?? 0;
          repeats.set(same, repeat + 1);
          return {
            ruleId: violation.code,
            ruleIndex: places.get(violation.code),
            level: violation.severity,
            message: { text: violation.message },
            locations: [{ physicalLocation: locationOf(violation) }],
            partialFingerprints: { "sqlfluffWrapper/v1": fingerprint(`${same}\0${repeat}`) },
            properties: { unit: violation.unit, variant: violation.variant, fixable: violation.fixable },
          };
        }),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rulesOf(violations: readonly Violation[]): Pick<Rule, "code" | "name" | "description">[] {
  const rules = new Map<string, Pick<Rule, "code" | "name" | "description">>();
  for (const { code, name, message } of violations) {
    const own = ownRules.find((rule) => rule.code === code);
    if (!rules.has(code)) rules.set(code, { code, name, description: own?.description ?? (name || message) });
  }
  return [...rules.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function locationOf({ file, line, column, endLine, endColumn }: Violation) {
  return {
    artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "PROJECT" },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
