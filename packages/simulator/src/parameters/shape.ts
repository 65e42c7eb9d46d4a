/** A check of one value: adds what is wrong to `problems`, each with the path of the value. */
export type Shape = (value: unknown, path: string, problems: string[]) => void;

const shown = (value: unknown) => JSON.stringify(value) ?? "nothing";

function check(expected: string, holds: (value: unknown) => boolean): Shape {
  return (value, path, problems) => {
    if (!holds(value)) problems.push(`${path} is ${shown(value)}: expected ${expected}`);
  };
}
const between = (low: number, high: number) => (value: unknown) =>
  typeof value === "number" && value >= low && value <= high;

export const rate = check("a share from 0 to 1", between(0, 1));
export const number = check("a number from 0 on", between(0, Number.MAX_VALUE));
export const positive = check("a number above 0", (v) => finite(v) && v > 0);
export const whole = check("a whole number from 0 on", (v) => Number.isSafeInteger(v) && (v as number) >= 0);
export const count = check("a whole number from 1 on", (v) => Number.isSafeInteger(v) && (v as number) >= 1);
export const text = check("a text", (v) => typeof v === "string" && v !== "");
export const flag = check("true or false", (v) => typeof v === "boolean");
export const day = check(
  "a day such as 2025-06-18",
  (v) => typeof v === "string" && /^\d{4}-\d{2}-\d{2}$/.test(v) && !Number.isNaN(Date.parse(v)),
);
export const monthDay = check("a day of the year such as 06-18", (v) => /^\d{2}-\d{2}$/.test(String(v)));
export const label: Shape = check("a text or a whole number", (v) =>
  typeof v === "number" ? Number.isSafeInteger(v) : typeof v === "string" && v !== "",
);

function finite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function oneOf(...values: readonly unknown[]): Shape {
  return check(`one of ${values.map(shown).join(", ")}`, (v) => values.includes(v));
}

export function list(of: Shape, length?: number): Shape {
  return (value, path, problems) => {
    if (!Array.isArray(value)) problems.push(`${path} is ${shown(value)}: expected a list`);
    else if (length !== undefined && value.length !== length)
      problems.push(`${path} has ${value.length} entries: expected ${length}`);
    else value.forEach((entry, i) => void of(entry, `${path}[${i}]`, problems));
  };
}

export function map(of: Shape): Shape {
  return (value, path, problems) => {
    if (!isObject(value)) problems.push(`${path} is ${shown(value)}: expected named entries`);
    else for (const [name, entry] of Object.entries(value)) of(entry, `${path}.${name}`, problems);
  };
}

/** An object with exactly these entries; a name that ends in "?" may be left out. */
export function object(shapes: Readonly<Record<string, Shape>>): Shape {
  const known = new Map(Object.entries(shapes).map(([name, shape]) => [name.replace("?", ""), shape]));
  const required = Object.keys(shapes).filter((name) => !name.endsWith("?"));
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push(`${path} is ${shown(value)}: expected ${[...known.keys()].join(", ")}`);
      return;
    }
    for (const name of required) if (!(name in value)) problems.push(`${path}.${name} is missing`);
    for (const [name, entry] of Object.entries(value)) {
      const shape = known.get(name);
      if (shape) shape(entry, `${path}.${name}`, problems);
      else problems.push(`${path}.${name} is not known: expected one of ${[...known.keys()].join(", ")}`);
    }
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
