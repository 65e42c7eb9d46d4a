const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** "118 B", "1.5 MB": steps of 1,024, as BigQuery's own console writes sizes. */
export function bytesText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return `${Number(size.toFixed(digits))} ${UNITS[unit]}`;
}
