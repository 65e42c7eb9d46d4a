// Labels that readers see beside codes, as the contracts' enums have them.

function cases(column: string, labels: Readonly<Record<string, string>>, otherwise = "NULL"): string {
  const whens = Object.entries(labels).map(([code, label]) => `WHEN '${code}' THEN '${label}'`);
  return `CASE ${column} ${whens.join(" ")} ELSE ${otherwise} END`;
}

/** The name of a lifecycle stage. */
export function customerStage(column: string): string {
  return cases(column, { potential: "潜客", new: "新客", mature: "老客", churned: "流失" });
}

/** The name of an RFM segment. */
export function rfmSegment(column: string): string {
  return cases(column, {
    "111": "重要价值",
    "101": "重要发展",
    "011": "重要保持",
    "001": "重要挽留",
    "110": "一般价值",
    "100": "一般发展",
    "010": "一般保持",
    "000": "一般挽留",
  });
}
