import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { growth, startGrowth } from "./growth.ts";
import { shopProject } from "./project.ts";

const cwd = shopProject();

test("of two runs at once the second says so and stops", async () => {
  const first = await startGrowth(["run"], { cwd });
  await first.until(/→ Build the models/);
  const second = await growth(["run"], { cwd });
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("growth run is at work in .growth");
  expect((await first.ended).code).toBe(0);
});

test("a run killed at any moment is run again to the same result", async () => {
  const result = () => growth(["query", "SELECT * FROM shop.days ORDER BY ds", "--format", "csv"], { cwd });
  const expected = await result();
  expect(expected.stdout).toBe("ds,order_cnt,pay_amt\n2024-06-17,1,10.5\n2024-06-18,2,20.25\n");
  for (const pattern of [/^/, /→ Build the models/, /✔ shop\.orders/]) {
    const killed = await startGrowth(["run", "--full-refresh"], { cwd });
    await killed.until(pattern);
    await sleep(100);
    killed.child.kill("SIGKILL");
    await killed.ended;
  }
  expect((await growth(["run"], { cwd })).code).toBe(0);
  expect(await result()).toEqual(expected);
});
