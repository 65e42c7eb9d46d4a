/** Exact decimals between text and scaled integers. NUMERIC has scale 9, BIGNUMERIC 38. */

/** "-12.5" for -12500000000 at scale 9: no trailing zeros, as BigQuery prints NUMERIC. */
export function decimalText(scaled: bigint, scale: number): string {
  const negative = scaled < 0n;
  const digits = String(negative ? -scaled : scaled).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

/** The scaled integer of a decimal text; digits beyond the scale are rounded half away from zero. */
export function decimalScaled(text: string, scale: number): bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (!match || (!match[2] && !match[3])) throw new Error(`Not a decimal: ${text}`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction || "0");
  let scaled: bigint;
  if (shift >= 0) {
    scaled = digits * 10n ** BigInt(shift);
  } else {
    const unit = 10n ** BigInt(-shift);
    scaled = (digits * 2n + unit) / (unit * 2n);
  }
  return sign === "-" ? -scaled : scaled;
}

/** A little-endian two's complement integer, as ValueProto carries NUMERIC. */
export function bytesToInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  const bits = BigInt(bytes.length * 8);
  return bytes.length > 0 && (bytes.at(-1) as number) >= 0x80 ? value - (1n << bits) : value;
}

export function integerToBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = Number(BigInt.asUintN(8, rest));
    bytes.push(byte);
    rest >>= 8n;
    if ((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80)) return Uint8Array.from(bytes);
  }
}
