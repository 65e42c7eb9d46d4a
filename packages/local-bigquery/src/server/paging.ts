import { BigQueryError } from "../errors.ts";

/** A page of a list that is in memory, with the token of the next one. */
export function pageOf<T>(
  items: readonly T[],
  query: { maxResults?: string; pageToken?: string },
  limit = 1000,
) {
  const start = startOf(query.pageToken);
  const count = countOf(query.maxResults, limit);
  const page = items.slice(start, start + count);
  const next = start + page.length;
  return { page, ...(next < items.length && { nextPageToken: tokenOf(next) }) };
}

export function tokenOf(start: number): string {
  return Buffer.from(`row ${start}`).toString("base64url");
}

export function startOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const start = /^row (\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (start === undefined) throw new BigQueryError("invalid", `Invalid pageToken "${token}"`);
  return Number(start);
}

export function countOf(maxResults: string | number | undefined, limit: number): number {
  if (maxResults === undefined || maxResults === "") return limit;
  const count = Number(maxResults);
  if (!Number.isInteger(count) || count < 0)
    throw new BigQueryError("invalid", `Invalid maxResults "${maxResults}"`);
  return Math.min(count, limit);
}
