import { expect, test } from "vitest";
import { varsFor } from "../../packages/cli/src/steps/vars.ts";

const load = {
  data: "complete-journey",
  fingerprint: "f",
  timezone: "America/New_York",
  bootstrap_at: "2018-01-01T04:59:59Z",
  run_date: "2017-12-31",
  tables: [],
  seconds: 1,
};

test("a run takes its day and zone from what is loaded", () => {
  expect(varsFor(load, undefined)).toEqual({
    run_date: "2017-12-31",
    timezone: "America/New_York",
    bootstrap_at: "2018-01-01T04:59:59Z",
  });
});

test("--date takes the place of the loaded data's day", () => {
  expect(varsFor(load, "2018-01-05").run_date).toBe("2018-01-05");
});

test("a day before the data's first load is refused; the day itself, in the data's zone, is not", () => {
  expect(() => varsFor(load, "2017-12-30")).toThrow("--date 2017-12-30 is before the data's first load");
  expect(varsFor(load, "2017-12-31").run_date).toBe("2017-12-31");
});

test("data with its own ingestion times has no first load", () => {
  expect(varsFor({ ...load, bootstrap_at: "" }, "2017-01-01")).toEqual({
    run_date: "2017-01-01",
    timezone: "America/New_York",
  });
});

test("without a load the project's own variables hold", () => {
  expect(varsFor(undefined, undefined)).toEqual({});
});
