/**
 * The allowance's own book: its flows up to the moment, in the order in which they took effect. At the same instant
 * what is paid in (grant, return) comes before what is taken out; then the smaller flow_id.
 */
import type { Known } from "./known.ts";
import { type Cents, centsOf } from "./money.ts";
import { textOrder } from "./row-text.ts";
import type { LedgerFlow } from "./rows.ts";
import { instantOf } from "./time.ts";

export interface Entry {
  readonly flow: LedgerFlow;
  readonly amount: Cents;
  /** What is left of the allowance right after this entry. */
  readonly balance: Cents;
}

export class Ledger {
  readonly #entries = new Map<string, Entry[]>();

  constructor(known: Known) {
    const flows = known.state("ledger").filter((flow) => known.happened(flow.occurred_at));
    flows.sort(
      (a, b) =>
        instantOf(a.occurred_at) - instantOf(b.occurred_at) ||
        Number(isCredit(b)) - Number(isCredit(a)) ||
        textOrder(a.flow_id, b.flow_id),
    );
    for (const flow of flows) {
      const entries = this.#entries.get(flow.allowance_id) ?? [];
      const amount = centsOf(flow.amt);
      const balance = (entries.at(-1)?.balance ?? 0n) + (isCredit(flow) ? amount : -amount);
      entries.push({ flow, amount, balance });
      this.#entries.set(flow.allowance_id, entries);
    }
  }

  /** The grants, one an allowance. */
  grants(): Entry[] {
    return [...this.#entries.values()].flatMap((entries) =>
      entries.filter(({ flow }) => flow.flow_type === "grant").slice(0, 1),
    );
  }

  /** Entries of one allowance, in order; of one type, where it is given. */
  entries(allowanceId: string, type?: string): Entry[] {
    const entries = this.#entries.get(allowanceId) ?? [];
    return type === undefined ? entries : entries.filter(({ flow }) => flow.flow_type === type);
  }

  balance(allowanceId: string): Cents {
    return this.entries(allowanceId).at(-1)?.balance ?? 0n;
  }
}

function isCredit(flow: LedgerFlow): boolean {
  return flow.flow_type === "grant" || flow.flow_type === "return";
}
