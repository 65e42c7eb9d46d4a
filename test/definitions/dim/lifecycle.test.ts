import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuickStory } from "../../support/quick-story.ts";
import { expectRows } from "../../support/table-text.ts";
import type { Moment } from "../../support/time.ts";
import { World } from "../../support/world.ts";

const lifecycle = "redcdm.dim_ecm_user_lifecycle_df";

/** An order of one line, paid when it was created. */
function order(world: World, user: string, id: string, paid: Moment, ingested?: Moment): void {
  world.order({
    order: `${user}-${id}`,
    user,
    created: paid,
    paid,
    lines: [{ line: `${user}-${id}`, list: 10 }],
    ...(ingested ? { ingested } : {}),
  });
}

describe("the lifecycle of a user", () => {
  let story: QuickStory;
  beforeAll(async () => {
    story = await QuickStory.open([lifecycle], "01-01 00:00");
  });
  afterAll(() => story?.close());

  it("follows orders, a late refund and silence (worked example 3, both ways)", async () => {
    const world = new World();
    for (const user of ["march", "august"]) {
      world.user({ user, registered: "01-01 09:00" });
      order(world, user, "1", "01-10 10:00");
      order(world, user, "2", "02-01 10:00");
      order(world, user, "3", "03-01 10:00");
    }
    world.refund({ line: "march-3", at: "03-20 12:00" });
    world.refund({ line: "august-3", at: "08-10 12:00" });
    await story.tell(world);
    await story.run("01-05", "01-10", "02-01", "03-01", "03-19", "03-20", "07-29", "07-30", "08-09", "08-31");
    expectRows(
      await story.rows(lifecycle),
      `user   | customer_stage | previous_stage | start_ds | end_ds | valid_order | first_paid_ds | last_paid_ds | until_ds
       march  | potential      | -              | 01-01    | 01-10  | 0           | -             | -            | 01-10
       march  | new            | potential      | 01-10    | 03-01  | 2           | 01-10         | 02-01        | 03-01
       march  | mature         | new            | 03-01    | 03-20  | 3           | 01-10         | 03-01        | 03-20
       march  | new            | mature         | 03-20    | 07-30  | 2           | 01-10         | 02-01        | 07-30
       march  | churned        | new            | 07-30    | -      | 2           | 01-10         | 02-01        | 2159-12-31
       august | potential      | -              | 01-01    | 01-10  | 0           | -             | -            | 01-10
       august | new            | potential      | 01-10    | 03-01  | 2           | 01-10         | 02-01        | 03-01
       august | mature         | new            | 03-01    | 08-10  | 3           | 01-10         | 03-01        | 08-10
       august | churned        | mature         | 08-10    | -      | 2           | 01-10         | 02-01        | 2159-12-31`,
    );
    expect(await story.refreshed(lifecycle)).toEqual([]);
  });

  it("counts an order from the day it was known, and leaves closed intervals alone", async () => {
    const world = new World();
    // Known two days late, of a user who never registered: in sight from the pay day.
    order(world, "late", "1", "01-10 10:00", "01-12 08:00");
    // The third order arrives when the user is long churned; its pay day was within the silence.
    world.user({ user: "silent", registered: "01-01 09:00" });
    order(world, "silent", "1", "01-10 10:00");
    order(world, "silent", "2", "03-01 10:00", "07-20 10:00");
    // Back from churn; three orders in a life make a mature customer.
    for (const [id, paid] of [
      ["1", "01-02 10:00"],
      ["2", "01-03 10:00"],
      ["3", "08-01 10:00"],
    ] as const)
      order(world, "back", id, paid);
    // The registration arrives after the first order, and lies before it.
    order(world, "registered late", "1", "02-10 10:00");
    world.put(
      "user",
      {
        user_id: "registered late",
        registered_at: "2024-02-01T04:00:00Z",
        gender_code: null,
        age_band: null,
        city_tier: null,
      },
      "02-20 10:00",
    );
    await story.tell(world);
    await story.run("01-10", "01-12", "02-15", "02-20", "07-08", "07-19", "07-20", "08-01", "08-31");
    expectRows(
      await story.rows(lifecycle),
      `user            | customer_stage | start_ds | end_ds | valid_order | last_paid_ds
       late            | potential      | 01-10    | 01-12  | 0           | -
       late            | new            | 01-12    | 07-08  | 1           | 01-10
       late            | churned        | 07-08    | -      | 1           | 01-10
       silent          | potential      | 01-01    | 01-10  | 0           | -
       silent          | new            | 01-10    | 07-08  | 1           | 01-10
       silent          | churned        | 07-08    | 07-20  | 1           | 01-10
       silent          | new            | 07-20    | 08-28  | 2           | 03-01
       silent          | churned        | 08-28    | -      | 2           | 03-01
       back            | new            | 01-02    | 07-01  | 2           | 01-03
       back            | churned        | 07-01    | 08-01  | 2           | 01-03
       back            | mature         | 08-01    | -      | 3           | 08-01
       registered late | potential      | 02-01    | 02-10  | 0           | -
       registered late | new            | 02-10    | 08-08  | 1           | 02-10
       registered late | churned        | 08-08    | -      | 1           | 02-10`,
    );
    expect(await story.refreshed(lifecycle)).toEqual([]);
  });

  it("takes corrections from the day they arrive: an order unpaid again, moved to another user, a refund withdrawn", async () => {
    const world = new World();
    order(world, "unpaid", "1", "01-10 10:00");
    world.correctLine("unpaid-1", { paid: null }, "01-15 10:00");
    order(world, "giver", "1", "01-10 10:00");
    world.amend("orderLine", { order_line_id: "giver-1" }, { user_id: "taker" }, "01-20 10:00");
    order(world, "patient", "1", "01-10 10:00");
    world.refund({ line: "patient-1", at: "01-11 10:00", refund: "R" });
    world.amend("refund", { refund_id: "R" }, { refund_status: "rejected" }, "01-13 10:00");
    // Two lines: the order counts until the second one is refunded, too.
    world.order({
      order: "two",
      user: "two",
      created: "01-10 10:00",
      paid: "01-10 10:01",
      lines: [
        { line: "two-1", list: 10 },
        { line: "two-2", list: 10 },
      ],
    });
    world.refund({ line: "two-1", at: "01-12 10:00" });
    world.refund({ line: "two-2", at: "01-14 10:00", amount: 4, refund: "part" });
    world.refund({ line: "two-2", at: "01-16 10:00", amount: 6, refund: "rest" });
    // Paid and refunded on one day: in sight, never a customer.
    order(world, "same day", "1", "01-10 10:00");
    world.refund({ line: "same day-1", at: "01-10 20:00" });
    await story.tell(world);
    await story.run("01-10", "01-11", "01-13", "01-15", "01-16", "01-20");
    expectRows(
      await story.rows(lifecycle),
      `user     | customer_stage | start_ds | end_ds | valid_order
       unpaid   | new            | 01-10    | 01-15  | 1
       unpaid   | potential      | 01-15    | -      | 0
       giver    | new            | 01-10    | 01-20  | 1
       giver    | potential      | 01-20    | -      | 0
       taker    | potential      | 01-10    | 01-20  | 0
       taker    | new            | 01-20    | -      | 1
       patient  | new            | 01-10    | 01-11  | 1
       patient  | potential      | 01-11    | 01-13  | 0
       patient  | new            | 01-13    | -      | 1
       two      | new            | 01-10    | 01-16  | 1
       two      | potential      | 01-16    | -      | 0
       same day | potential      | 01-10    | -      | 0`,
    );
    expect(await story.refreshed(lifecycle)).toEqual([]);
  });

  it("tells the stage of any past day", async () => {
    const world = new World();
    world.user({ user: "u", registered: "01-01 09:00" });
    order(world, "u", "1", "01-10 10:00");
    await story.tell(world);
    await story.run("08-31");
    const stageOn = (day: string) =>
      story.query(
        `SELECT customer_stage FROM redcdm.dim_ecm_user_lifecycle_df WHERE start_ds <= DATE '2024-${day}' AND DATE '2024-${day}' < until_ds`,
      );
    const stages = await Promise.all(["01-09", "01-10", "07-07", "07-08", "08-31"].map(stageOn));
    expect(stages.map(({ rows }) => rows.flat().join())).toEqual([
      "potential",
      "new",
      "new",
      "churned",
      "churned",
    ]);
  });

  it("counts what came with the bootstrap load from its own day, the rest from its arrival", async () => {
    const world = new World();
    const load = "01-01 00:00";
    world.put(
      "user",
      {
        user_id: "u",
        registered_at: "2023-09-01T04:00:00Z",
        gender_code: null,
        age_band: null,
        city_tier: null,
      },
      load,
    );
    order(world, "u", "1", "2023-09-10 10:00", load);
    order(world, "u", "2", "2023-12-29 10:00", "01-02 10:00");
    order(world, "u", "3", "2023-12-30 10:00", load);
    await story.tell(world);
    await story.run("01-01", "01-02");
    expectRows(
      await story.rows(lifecycle),
      `customer_stage | start_ds   | end_ds     | valid_order | last_paid_ds
       potential      | 2023-09-01 | 2023-09-10 | 0           | -
       new            | 2023-09-10 | 01-02      | 2           | 2023-12-30
       mature         | 01-02      | -          | 3           | 2023-12-30`,
    );
    expect(await story.refreshed(lifecycle)).toEqual([]);
  });
});
