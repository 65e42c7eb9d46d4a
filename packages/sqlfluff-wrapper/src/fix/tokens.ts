/** A text of SQL as its tokens: strings and quoted names as written, the rest in small letters, without space. */
export function tokens(sql: string): string[] {
  const pattern =
    /--.*|#.*|\/\*[\s\S]*?\*\/|[rRbB]{0,2}(?:'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|`[^`]*`|[\p{L}\p{N}_$]+|[^\s]/gu;
  return [...sql.matchAll(pattern)].map(([token]) =>
    /^[\p{L}_]/u.test(token) && !/['"]/.test(token) ? token.toLowerCase() : token,
  );
}

/**
 * What layout, capitalisation and explicit aliases must leave as it is: the tokens in their order, but for AS, which they
 * add, and comments, which they may move to another line.
 */
export function meaning(sql: string): string {
  return tokens(sql)
    .filter((token) => token !== "as" && !/^(--|#|\/\*)/.test(token))
    .join(" ");
}

export function comments(sql: string): string {
  return tokens(sql)
    .filter((token) => /^(--|#|\/\*)/.test(token))
    .map((token) => token.trim())
    .sort()
    .join("\n");
}
