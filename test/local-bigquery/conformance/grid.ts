import { typeText } from "../../../packages/local-bigquery/src/types/schema.ts";
import type { Column, SqlType } from "../../../packages/local-bigquery/src/types/types.ts";
import type { TestEngine } from "../../support/engine.ts";
import { sameValue, shown } from "./values.ts";

/**
 * Expressions over every combination of their operands' values. The reference implementation answers once; DuckDB
 * answers with the operands as columns (nothing known when translating) and as literals (everything known). Where one
 * side fails the other must, too.
 */
export interface Grid {
  /** GoogleSQL over the operands a, b, c, ... */
  readonly expressions: readonly string[];
  /** GoogleSQL values of each operand, all of one type. */
  readonly operands: Readonly<Record<string, readonly string[]>>;
}

export interface Outcome {
  readonly cells: number;
  /** "expression with a = ..., b = ...: ours against theirs" */
  readonly differing: readonly string[];
  /** Expressions that were refused, with the reason. */
  readonly refused: readonly string[];
}

/** Literal cells a statement holds, and how many combinations of an expression are tried as literals. */
const CELLS = 40;
const LITERALS = 14;
/** Expressions that share a statement. */
const TOGETHER = 10;

export async function conform(engine: TestEngine, { expressions, operands }: Grid): Promise<Outcome> {
  const names = Object.keys(operands);
  const combinations = product(Object.values(operands));
  const differing: string[] = [];
  const refused: string[] = [];
  let cells = 0;
  const nulls = await typedNulls(engine, operands);
  const theirs = await oracle(engine, expressions, operands);
  const together = await batched(engine, expressions, operands, theirs);
  for (const [place, expression] of expressions.entries()) {
    const { type, values } = theirs[place] as Answers;
    const note = (row: number, how: string, ours: unknown) => {
      const where = names.map((name, i) => `${name} = ${combinations[row]?.[i]}`).join(", ");
      differing.push(`${expression} with ${where} as ${how}: ${shown(ours)} against ${shown(values[row])}`);
    };
    try {
      const asColumns = together.get(place) ?? (await overColumns(engine, expression, operands, values));
      for (const [row, value] of values.entries()) {
        const ours = asColumns[row];
        if (!agrees(ours, value, type)) note(row, "columns", ours);
      }
      const rows = sample(combinations.length);
      const literal = rows.map((row) =>
        names.reduce(
          (sql, name, i) => substituted(sql, name, combinations[row]?.[i] as string, nulls[i] as string),
          expression,
        ),
      );
      const fails = rows.map((row) => values[row] === undefined);
      const asLiterals = await overLiterals(engine, literal, fails);
      for (const [i, row] of rows.entries()) {
        const [ours, value] = [asLiterals[i], values[row]];
        if (agrees(ours, value, type)) continue;
        // The analyzer may know better what a literal means: 0.1 as NUMERIC is exact.
        const again = await attempt(() => engine.oracle(`SELECT ${literal[i]}`));
        if (!agrees(ours, again?.rows[0]?.[0], type)) note(row, "literals", ours);
      }
      cells += values.length + rows.length;
    } catch (error) {
      refused.push(`${expression}: ${(error as Error).message}`);
    }
  }
  return { cells, differing, refused };
}

/** Expressions of which no row fails share statements; one that is refused leaves them all to be tried alone. */
async function batched(
  engine: TestEngine,
  expressions: readonly string[],
  operands: Grid["operands"],
  theirs: readonly Answers[],
): Promise<Map<number, unknown[]>> {
  const sound = [...expressions.keys()].filter((place) => !theirs[place]?.values.includes(undefined));
  const found = new Map<number, unknown[]>();
  for (let from = 0; from < sound.length; from += TOGETHER) {
    const part = sound.slice(from, from + TOGETHER);
    const list = part.map((place) => expressions[place]).join(", ");
    try {
      const { rows } = await engine.query(
        `SELECT ${list} FROM ${source(operands)} ORDER BY ${order(operands)}`,
      );
      for (const [i, place] of part.entries())
        found.set(
          place,
          rows.map((row) => row[i]),
        );
    } catch {
      // Told by expression below.
    }
  }
  return found;
}

/** Both sides failed, or both have the same value. */
function agrees(ours: unknown, theirs: unknown, type: SqlType): boolean {
  return ours === undefined || theirs === undefined ? ours === theirs : sameValue(ours, theirs, type);
}

interface Answers {
  readonly type: SqlType;
  /** By combination; undefined where it failed. */
  readonly values: readonly unknown[];
}

async function oracle(
  engine: TestEngine,
  expressions: readonly string[],
  operands: Grid["operands"],
): Promise<Answers[]> {
  const cells = expressions.map((expression) => `IFERROR(STRUCT(${expression} AS v), NULL)`);
  const answer = await engine.oracle(
    `SELECT ${cells.join(", ")} FROM ${source(operands)} ORDER BY ${order(operands)}`,
  );
  return expressions.map((_expression, place) => {
    const column = answer.columns[place] as Column;
    const type = column.type.kind === "STRUCT" ? (column.type.fields[0]?.type as SqlType) : column.type;
    return { type, values: answer.rows.map((row) => unpacked(row[place])) };
  });
}

/** STRUCT(v) or, for a failure, NULL. */
function unpacked(cell: unknown): unknown {
  return cell === null ? undefined : (cell as unknown[])[0];
}

/** Rows that fail for the reference implementation are tried apart, each where a failure can be caught. */
async function overColumns(
  engine: TestEngine,
  expression: string,
  operands: Grid["operands"],
  values: readonly unknown[],
): Promise<unknown[]> {
  const failing = [...values.keys()].filter((row) => values[row] === undefined);
  const position = rowNumber(operands);
  const but = failing.length > 0 ? ` WHERE ${position} NOT IN (${failing.join(", ")})` : "";
  const result: unknown[] = values.map(() => undefined);
  const isFailing = new Set(failing);
  if (failing.length < values.length) {
    const rows = [...values.keys()].filter((row) => !isFailing.has(row));
    const answer = await attempt(() =>
      engine.query(`SELECT ${expression} FROM ${source(operands)}${but} ORDER BY ${order(operands)}`),
    );
    if (answer) for (const [i, row] of rows.entries()) result[row] = answer.rows[i]?.[0];
    else {
      const caught = await engine.query(
        `SELECT IFERROR(STRUCT(${expression} AS v), NULL) FROM ${source(operands)} ORDER BY ${order(operands)}`,
      );
      return caught.rows.map((row) => unpacked(row[0]));
    }
  }
  if (failing.length > 0) {
    const caught = await engine.query(
      `SELECT IFERROR(STRUCT(${expression} AS v), NULL) FROM ${source(operands)} WHERE ${position} IN (${failing.join(", ")}) ORDER BY ${order(operands)}`,
    );
    for (const [i, row] of failing.entries()) result[row] = unpacked(caught.rows[i]?.[0]);
  }
  return result;
}

async function overLiterals(
  engine: TestEngine,
  literal: readonly string[],
  fails: readonly boolean[],
): Promise<unknown[]> {
  const result: unknown[] = literal.map(() => undefined);
  const sound = [...literal.keys()].filter((i) => !fails[i]);
  for (let from = 0; from < sound.length; from += CELLS) {
    const part = sound.slice(from, from + CELLS);
    const answer = await attempt(() => engine.query(`SELECT ${part.map((i) => literal[i]).join(", ")}`));
    for (const [at, i] of part.entries()) {
      result[i] = answer
        ? answer.rows[0]?.[at]
        : (await attempt(() => engine.query(`SELECT ${literal[i]}`)))?.rows[0]?.[0];
    }
  }
  // A few failures suffice: each needs a statement of its own.
  for (const i of [...literal.keys()].filter((place) => fails[place]).slice(0, 3)) {
    result[i] = (await attempt(() => engine.query(`SELECT ${literal[i]}`)))?.rows[0]?.[0];
  }
  return result;
}

/** The answer, or undefined where the statement fails; a refusal is thrown. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (
      /^Unsupported|Binder Error|Parser Error|Catalog Error|Internal|INTERNAL/.test((error as Error).message)
    )
      throw error;
    return undefined;
  }
}

function source(operands: Grid["operands"]): string {
  return Object.entries(operands)
    .map(([name, values]) => `UNNEST([${values.join(", ")}]) AS ${name} WITH OFFSET AS o_${name}`)
    .join(", ");
}

function order(operands: Grid["operands"]): string {
  return Object.keys(operands)
    .map((name) => `o_${name}`)
    .join(", ");
}

function rowNumber(operands: Grid["operands"]): string {
  const entries = Object.entries(operands);
  const terms = entries.map(
    ([name], i) => `o_${name} * ${entries.slice(i + 1).reduce((n, [, values]) => n * values.length, 1)}`,
  );
  return terms.join(" + ");
}

function product(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
}

/** Evenly spread places of `length`. */
function sample(length: number): number[] {
  const step = Math.max(1, length / LITERALS);
  return Array.from({ length: Math.min(length, LITERALS) }, (_, i) => Math.floor(i * step));
}

/** An untyped NULL would choose another signature, or none. */
async function typedNulls(engine: TestEngine, operands: Grid["operands"]): Promise<string[]> {
  const { columns } = await engine.oracle(
    `SELECT ${Object.keys(operands).join(", ")} FROM ${source(operands)} LIMIT 0`,
  );
  return columns.map(({ type }) => `CAST(NULL AS ${typeText(type)})`);
}

function substituted(sql: string, name: string, value: string, typedNull: string): string {
  return sql.replace(new RegExp(`(?<![\\w'.])${name}(?![\\w'(])`, "g"), () =>
    value === "NULL" ? typedNull : `(${value})`,
  );
}
