/**
 * Unicode normalisation and case folding, which need tables that the analyzer's file does not carry. Folding is full
 * folding: lower case by way of upper case, but for the letters that this leads astray.
 */
const OWN_FOLD: Readonly<Record<string, string>> = { ı: "ı", ẞ: "ss" };
/** Cherokee folds to capitals. */
const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/;

export function normalize(text: string, form: string): string {
  return text.normalize(form);
}

export function normalizeAndCasefold(text: string, form: string): string {
  const folded = Array.from(text, (letter) => {
    if (CHEROKEE.test(letter)) return letter.toUpperCase();
    return OWN_FOLD[letter] ?? letter.toUpperCase().toLowerCase();
  });
  return folded.join("").normalize(form);
}
