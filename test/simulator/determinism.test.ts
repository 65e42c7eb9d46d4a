import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { simulated } from "./simulated.ts";

test("the same simulation writes the same bytes, whatever the number of threads", async () => {
  const options = { preset: "small", users: 5000, dirt: "all", seed: 9 } as const;
  const one = await simulated({ ...options, threads: 1 });
  const two = await simulated({ ...options, threads: 2 });
  expect(two.dataset.fingerprint).toBe(one.dataset.fingerprint);
  for (const file of ["dataset.json", "truth.json"])
    expect(readFileSync(`${two.folder}/${file}`, "utf8")).toBe(readFileSync(`${one.folder}/${file}`, "utf8"));
});

test("another seed tells another world", async () => {
  const one = await simulated({ preset: "small", seed: 1 });
  const two = await simulated({ preset: "small", seed: 2 });
  expect(two.dataset.fingerprint).not.toBe(one.dataset.fingerprint);
});

test("draws of one key under different names do not depend on each other", async () => {
  const { number } = await simulated({ preset: "small", dirt: "clean", users: 4000 });
  // A user's group in an experiment and the user's traits come from draws of the same key.
  const apart = await number(`SELECT max(abs(share - 0.5)) FROM (
    SELECT gender_code, avg(CASE WHEN group_code = 'treatment' THEN 1 ELSE 0 END) AS share, count(*) AS n
    FROM assignment JOIN person USING (user_id) WHERE experiment_id IN ('X01', 'X02', 'X04') GROUP BY 1) WHERE n > 300`);
  expect(apart).toBeLessThan(0.08);
});
