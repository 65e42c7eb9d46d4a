// Dataform's own lexer states (@dataform/core, sqlx/lexer.ts), which it does not export: the first pattern that matches at
// the current place wins, `push` enters a state and `pop` leaves it. Its quirks are kept, because what Dataform takes for
// SQL or for JavaScript is decided by them: a block's keyword is found anywhere in the text, not only at a line's start;
// `${` inside double quotes is not a placeholder to the lexer (it is one to the JavaScript that Dataform makes of it).
export type StateName =
  | "sqlx"
  | "sqlBlock"
  | "javascript"
  | "templateString"
  | "singleQuotes"
  | "doubleQuotes"
  | "tripleSingleQuotes"
  | "tripleDoubleQuotes";

export type TokenKind =
  | "block"
  | "placeholder"
  | "braces"
  | "backtick"
  | "quotes"
  | "close"
  | "comment"
  | "separator"
  | "text";

interface Pattern {
  readonly kind: TokenKind;
  readonly match: RegExp;
  readonly push?: StateName;
  readonly pop?: true;
}

const separator: Pattern = { kind: "separator", match: /[^\S\r\n]*---[^\S\r\n]*$/my };
const lineComment: Pattern = { kind: "comment", match: /--.*?$/my };
const blockComment: Pattern = { kind: "comment", match: /\/\*[\s\S]*?\*\//my };
const placeholder: Pattern = { kind: "placeholder", match: /\$\{/my, push: "javascript" };
const backslash: Pattern = { kind: "text", match: /\\\\/my };

const sqlQuotes: readonly Pattern[] = [
  { kind: "text", match: /`/my },
  { kind: "quotes", match: /'''/my, push: "tripleSingleQuotes" },
  { kind: "quotes", match: /"""/my, push: "tripleDoubleQuotes" },
  { kind: "quotes", match: /'/my, push: "singleQuotes" },
  { kind: "quotes", match: /"/my, push: "doubleQuotes" },
];

export const states: Readonly<Record<StateName, readonly Pattern[]>> = {
  sqlx: [
    { kind: "block", match: /config \{/my, push: "javascript" },
    { kind: "block", match: /js \{/my, push: "javascript" },
    { kind: "block", match: /incremental_where \{/my, push: "sqlBlock" },
    { kind: "block", match: /pre_operations \{/my, push: "sqlBlock" },
    { kind: "block", match: /post_operations \{/my, push: "sqlBlock" },
    { kind: "block", match: /input "[a-zA-Z0-9_-]+"(?:,\s*"[a-zA-Z0-9_-]+")* \{/my, push: "sqlBlock" },
    separator,
    lineComment,
    blockComment,
    placeholder,
    ...sqlQuotes,
  ],
  sqlBlock: [
    separator,
    lineComment,
    blockComment,
    placeholder,
    { kind: "close", match: /\}/my, pop: true },
    ...sqlQuotes,
  ],
  javascript: [
    { kind: "text", match: /\/\/.*?$/my },
    { kind: "text", match: /\/\*[\s\S]*?\*\//my },
    { kind: "text", match: /'(?:\\['\\]|[^\n'\\])*'/my },
    { kind: "text", match: /"(?:\\["\\]|[^\n"\\])*"/my },
    { kind: "backtick", match: /`/my, push: "templateString" },
    { kind: "braces", match: /\{/my, push: "javascript" },
    { kind: "close", match: /\}/my, pop: true },
  ],
  templateString: [
    backslash,
    { kind: "text", match: /\\\$\{`/my },
    { kind: "braces", match: /\$\{/my, push: "javascript" },
    { kind: "close", match: /`/my, pop: true },
  ],
  singleQuotes: [
    backslash,
    { kind: "text", match: /\\'/my },
    placeholder,
    { kind: "close", match: /'/my, pop: true },
  ],
  doubleQuotes: [backslash, { kind: "text", match: /\\"/my }, { kind: "close", match: /"/my, pop: true }],
  tripleSingleQuotes: [backslash, placeholder, { kind: "close", match: /'''/my, pop: true }],
  tripleDoubleQuotes: [backslash, placeholder, { kind: "close", match: /"""/my, pop: true }],
};
