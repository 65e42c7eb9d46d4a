/** What becomes of one signature of a built-in function. */
export interface Signature {
  readonly types: string;
  readonly state: "translated" | "partly" | "refused";
}

const MARKS = { translated: "yes", partly: "partly", refused: "refused" } as const;

/** SUPPORT.md: the analyzer's own list of functions, each signature with its state. */
export function supportText(
  functions: ReadonlyMap<string, readonly Signature[]>,
  unheard: readonly string[],
): string {
  const all = [...functions.values()].flat();
  const count = (state: Signature["state"]) => all.filter((signature) => signature.state === state).length;
  const rows = [...functions].flatMap(([name, signatures]) =>
    signatures.map(({ types, state }) => `| \`${shownName(name)}\` | ${types || "none"} | ${MARKS[state]} |`),
  );
  return `# Supported functions

The functions that the analyzer lists, signature by signature. Generated, and kept true by a test:
\`npx vitest run test/local-bigquery/conformance/signatures.test.ts\` (with \`--update\` to write it anew).

- **yes**: translated; the test holds it against Google's reference implementation, value by value.
- **partly**: so for some of its types or keywords, refused for the others.
- **refused**: \`Unsupported: function NAME(TYPES), at line:column\`.

${all.length} signatures of ${functions.size} functions: ${count("translated")} yes, ${count("partly")} partly, ${count("refused")} refused.
Natively translated or evaluated row by row by the reference implementation, which costs tens of microseconds a row: the answer is the same.

| function | arguments | supported |
|---|---|---|
${rows.join("\n")}

Beside these: \`CAST\` and \`SAFE_CAST\` between all types but GEOGRAPHY, \`SAFE.\` before any scalar function,
\`CURRENT_DATE\` and its kin, \`RAND\`, \`GENERATE_UUID\`, \`SESSION_USER\`, \`ERROR\`.
Not tried, because no value or syntax for them is known to the test: ${unheard.map((name) => `\`${shownName(name)}\``).join(", ")}.
`;
}

function shownName(name: string): string {
  return name.replace(/^\$/, "").toUpperCase().replaceAll("|", "\\|");
}
