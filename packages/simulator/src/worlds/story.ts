import { iso, SECOND } from "../period.ts";
import type { Log } from "./log.ts";
import type { SourceRow } from "./rows.ts";
import type { Delivery, Event, Script } from "./script.ts";

export type EventOf<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;
/** The delivery of the next row that an event writes. */
export type Next = () => Delivery;

export const money = (cents: number) => (cents / 100).toFixed(2);
export const inCents = (amount: unknown) => Math.round(Number(amount) * 100);
export const instantOf = (text: unknown) => Date.parse(String(text)) * 1000;

/** The one of a list that a number means, whatever the number; undefined: the list is empty. */
export function nth<T>(list: readonly T[], n: number): T | undefined {
  return list[n % Math.max(1, list.length)];
}

/** What all events of a world are told with: the logs so far, and new ids. */
export class Story {
  readonly log: Log;
  readonly #users: number;
  readonly #numbers = new Map<string, number>();

  constructor(log: Log, script: Script) {
    this.log = log;
    this.#users = script.users;
  }

  user(n: number): string {
    return `u${(n % this.#users) + 1}`;
  }

  /** A new id, such as o3. */
  id(prefix: string): string {
    const n = (this.#numbers.get(prefix) ?? 0) + 1;
    this.#numbers.set(prefix, n);
    return `${prefix}${n}`;
  }

  /** Writes an entry of an allowance's ledger; all but the grant belong to the user and template of the grant. */
  flow(
    flow: {
      readonly type: "grant" | "use" | "return" | "expire" | "revoke";
      readonly allowance: string;
      readonly cents: number;
      readonly at: number;
      readonly line?: string;
      readonly grant?: SourceRow;
    },
    delivery: Delivery,
  ): void {
    const grant = this.log.all("flow").find((row) => row.allowance_id === flow.allowance);
    this.log.write(
      "flow",
      {
        flow_id: this.id("f"),
        allowance_id: flow.allowance,
        allowance_template_id: grant?.allowance_template_id ?? null,
        user_id: grant?.user_id ?? null,
        flow_type: flow.type,
        amt: money(flow.cents),
        order_line_id: flow.line ?? null,
        occurred_at: iso(flow.at),
        valid_to: null,
        execution_id: null,
        benefit_seq: null,
        ...flow.grant,
      },
      flow.at,
      delivery,
    );
  }

  /** What is left of an allowance, in cents, all entries counted. */
  balance(allowance: string): number {
    return this.log
      .all("flow")
      .filter((flow) => flow.allowance_id === allowance)
      .reduce(
        (sum, flow) =>
          sum + (flow.flow_type === "grant" || flow.flow_type === "return" ? 1 : -1) * inCents(flow.amt),
        0,
      );
  }

  /** A line that is paid, as known so far. */
  paidLine(n: number): SourceRow | undefined {
    return nth(
      this.log.all("line").filter((line) => line.paid_at !== null),
      n,
    );
  }
}

/** An instant, or right after another one if that is later. */
export const notBefore = (at: number, other: unknown, pause = SECOND) =>
  Math.max(at, instantOf(other) + pause);
