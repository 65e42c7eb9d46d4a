export interface Finding {
  name: string;
  ok: boolean;
  found: string;
  /** What to do, present when not ok. */
  remedy?: string;
}

export function inspect(where: {
  root: string;
  env?: Record<string, string | undefined>;
  nodeVersion?: string;
}): Finding[];
