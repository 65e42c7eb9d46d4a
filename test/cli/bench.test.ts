import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { run } from "../../packages/cli/src/index.ts";
import { repository, temporaryFolder } from "./growth.ts";

test("bench incremental tells bytes and seconds of a daily run and of a full refresh for each history, in all and by table", async () => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const table = "redcdm.dwd_ecm_trd_order_line_di";
  const few = ["--histories", "30,2", "--users", "60", "--select", table];
  const argv = ["bench", "incremental", ...few, "--state", temporaryFolder()];
  const io = { stdin: new PassThrough(), stdout, stderr, env: process.env, cwd: repository };
  const code = await run(argv, io);
  const told = String(stdout.read());
  expect(String(stderr.read() ?? "")).toBe("");
  expect(code).toBe(0);
  // Both histories, the shorter first; of the longer one the full refresh reads more.
  const [short, long] = [
    ...told.matchAll(/^ +(30|2) +\d+\.\d\d +(\d+\.\d\d) +(\d+\.\d\d) +\d+\.\d\d +(\d+\.\d\d) /gm),
  ];
  expect([short?.[1], short?.[3], long?.[1]]).toEqual(["2", "1.00", "30"]);
  expect(Number(short?.[2])).toBeGreaterThan(0);
  expect(Number(long?.[4])).toBeGreaterThan(Number(short?.[4]));
  expect(told).toMatch(/^daily run, MB +2 days +30 days +30 \/ 2 +of the full refresh, 30 days\n/m);
  expect(told).toMatch(/^redcdm\.dwd_ecm_trd_order_line_di +\d+\.\d\d +\d+\.\d\d /m);
});
