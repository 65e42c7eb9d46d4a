/** An amount of money in whole cents. */
export type Cents = bigint;

/** Reads a decimal number of currency units with at most two places: "13.33", "-7", "20.0". */
export function centsOf(text: string): Cents {
  const match = /^(-?)(\d+)(?:\.(\d\d?)0*)?$/.exec(text.trim());
  if (!match) throw new Error(`"${text}" is no amount in whole cents.`);
  const [, sign, units, cents = ""] = match;
  const size = BigInt(units as string) * 100n + BigInt(cents.padEnd(2, "0"));
  return sign === "-" ? -size : size;
}

/** Writes cents as currency units with two places. */
export function amountText(cents: Cents): string {
  const digits = String(size(cents)).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function sum(amounts: Iterable<Cents>): Cents {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** `amount` x `part` / `whole`, half a cent up (away from zero); nothing of nothing is nothing. */
export function proportion(amount: Cents, part: Cents, whole: Cents): Cents {
  if (whole === 0n) return 0n;
  const product = amount * part;
  const negative = product < 0n !== whole < 0n;
  const rounded = (2n * size(product) + size(whole)) / (2n * size(whole));
  return negative ? -rounded : rounded;
}

/**
 * Splits an amount in proportion to weights (all zero: equally): each share is cut to the cent, then one cent more goes
 * to the largest remainders, the earlier weight first among equals. The sign is put back at the end.
 */
export function split(amount: Cents, weights: readonly Cents[]): Cents[] {
  const sizes = weights.map(size);
  const weighed = sum(sizes) === 0n ? sizes.map(() => 1n) : sizes;
  const total = sum(weighed);
  if (total === 0n) return [];
  const whole = size(amount);
  const shares = weighed.map((weight) => (whole * weight) / total);
  const spare = Number(whole - sum(shares));
  const places = weighed.map((weight, place) => ({ place, remainder: (whole * weight) % total }));
  places.sort((a, b) =>
    a.remainder === b.remainder ? a.place - b.place : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { place } of places.slice(0, spare)) shares[place] = (shares[place] as Cents) + 1n;
  return amount < 0n ? shares.map((share) => -share) : shares;
}

function size(cents: Cents): Cents {
  return cents < 0n ? -cents : cents;
}
