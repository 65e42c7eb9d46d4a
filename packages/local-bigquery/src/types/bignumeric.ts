import { decimalScaled, decimalText } from "./decimal.ts";

/**
 * BIGNUMERIC in DuckDB: 76 digits fit none of its numbers, so a value is a BLOB of 32 bytes, the integer at scale 38
 * with 2^255 added, the greatest byte first. Bytes compare as the numbers do, so equality, order, groups, joins, MIN
 * and MAX are DuckDB's own; arithmetic takes the long way (functions/reference.ts).
 */
const SCALE = 38;
const BYTES = 32;
const OFFSET = 1n << 255n;

/** 64 hexadecimal digits of a decimal text. */
export function bignumericHex(text: string): string {
  return (decimalScaled(text, SCALE) + OFFSET).toString(16).padStart(2 * BYTES, "0");
}

export function bignumericText(hex: string): string {
  return decimalText(BigInt(`0x${hex}`) - OFFSET, SCALE);
}
