// On which days the rows of a key stand: look-ups that cost what is asked for, not the history.
//
// A key says nothing of its day, and a table partitioned by day cannot be asked for a key without reading all of it. So each
// kind of key has a thin index growth_state.<subject>_day of (bucket, key_code, ds), partitioned by a hash of the key: a look-up
// reads the buckets of the keys asked for. It is only ever appended to: a day that a key has left stays in it, and so may the
// day of another key with the same code. It tells where to look, never what is there.

import { type subjects, working } from "./working.ts";

export type Subject = keyof typeof subjects;

/** A subject's index. */
function index(ctx: ActionContext, subject: Subject): string {
  return working(ctx, `${subject}_day`);
}

// Eleven bits for the bucket and 24 for the code: of a million keys a look-up finds one wrong day in 30,000.

/** SQL of the bucket of a key. */
export function bucket(key: string): string {
  const digit = (place: number) =>
    `(STRPOS('0123456789abcdef', SUBSTR(TO_HEX(MD5(${key})), ${place}, 1)) - 1)`;
  return `DIV(${digit(1)} * 256 + ${digit(2)} * 16 + ${digit(3)}, 2)`;
}

function keyCode(key: string): string {
  return `SUBSTR(TO_HEX(MD5(${key})), 4, 6)`;
}

/** Statement that notes the days of `rows`, a query of (id, ds); rows without an id are left out. */
export function note(ctx: ActionContext, subject: Subject, rows: string): string {
  return `INSERT INTO ${index(ctx, subject)} (bucket, key_code, ds)
SELECT ${bucket("id")}, ${keyCode("id")}, ds
FROM (
${rows}
)
WHERE id IS NOT NULL;`;
}

/** Statement that forgets everything noted. */
export function forget(ctx: ActionContext, subject: Subject): string {
  return `DELETE FROM ${index(ctx, subject)} WHERE TRUE;`;
}

/** SQL condition: nothing is noted. */
export function isEmpty(ctx: ActionContext, subject: Subject): string {
  return `NOT EXISTS (SELECT 1 FROM ${index(ctx, subject)})`;
}

/** The script variables of `find`. */
export const declarations = `DECLARE asked_bucket ARRAY<INT64>;
DECLARE found_ds ARRAY<DATE>;`;

/**
 * Statements that make the temporary table `name` (id, ds) of the days on which rows of the keys of `asked` (a query of id) may
 * stand, and put all these days into found_ds.
 */
export function find(ctx: ActionContext, subject: Subject, asked: string, name: string): string {
  return `CREATE TEMP TABLE ${name}_asked AS
SELECT id, ${bucket("id")} AS bucket, ${keyCode("id")} AS key_code
FROM (
${asked}
)
WHERE id IS NOT NULL
GROUP BY id;
SET asked_bucket = ARRAY(SELECT DISTINCT bucket FROM ${name}_asked);
CREATE TEMP TABLE ${name} AS
SELECT DISTINCT asked.id, place.ds
FROM ${index(ctx, subject)} AS place
INNER JOIN ${name}_asked AS asked ON asked.bucket = place.bucket AND asked.key_code = place.key_code
WHERE place.bucket IN UNNEST(asked_bucket);
SET found_ds = ARRAY(SELECT DISTINCT ds FROM ${name});`;
}
