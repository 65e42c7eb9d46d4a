/** RFC 4648's base 32 between bytes, in hexadecimal, and text. The reference implementation lacks it. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function toBase32(hex: string): string {
  const bits = [...Buffer.from(hex, "hex")].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = (bits.match(/.{1,5}/g) ?? []).map(
    (five) => ALPHABET[Number.parseInt(five.padEnd(5, "0"), 2)],
  );
  return letters.join("").padEnd(Math.ceil(letters.length / 8) * 8, "=");
}

export function fromBase32(text: string): string {
  const letters = text.replace(/=+$/, "");
  const isWhole = text.length % 8 === 0 && [0, 2, 4, 5, 7].includes(letters.length % 8);
  if (!isWhole || !/^[A-Z2-7]*$/.test(letters) || text.length - letters.length > 6) {
    throw new Error("Failed to decode invalid base32 string");
  }
  const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString("hex");
}
