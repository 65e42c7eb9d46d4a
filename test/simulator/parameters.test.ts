import {
  checkParameters,
  defaultParameters,
  ParameterError,
  type Parameters,
  simulationOf,
} from "@growth/simulator";
import { expect, test } from "vitest";

const problemsOf = (change: (parameters: Record<string, unknown>) => void): readonly string[] => {
  const parameters = structuredClone(defaultParameters()) as unknown as Record<string, unknown>;
  change(parameters);
  try {
    checkParameters(parameters, "changed.yaml");
  } catch (error) {
    if (error instanceof ParameterError) return error.problems;
    throw error;
  }
  return [];
};
const inside = (value: unknown, ...path: (string | number)[]) =>
  // biome-ignore lint/suspicious/noExplicitAny: paths into a plain YAML document
  path.reduce((object: any, name) => object[name], value);

test("the package's own parameters are sound", () => {
  expect(problemsOf(() => {})).toEqual([]);
});

test("every problem of a file is told, with its path", () => {
  expect(
    problemsOf((p) => {
      inside(p, "purchase").ever_share = 1.5;
      inside(p, "users").registerd_before_share = 0.5;
      inside(p, "calendar").weekday = [1, 2];
      delete inside(p, "refunds").delay;
    }),
  ).toEqual([
    expect.stringContaining("parameters.calendar.weekday has 2 entries: expected 7"),
    expect.stringContaining("parameters.users.registerd_before_share is not known"),
    expect.stringContaining("parameters.purchase.ever_share is 1.5: expected a share from 0 to 1"),
    expect.stringContaining("parameters.refunds.delay is missing"),
  ]);
});

test("names that nothing defines and numbers that do not fit together are refused", () => {
  expect(
    problemsOf((p) => {
      inside(p, "strategies", 0).crowd = "nobody";
      inside(p, "strategies", 0, "versions", 0).benefits = ["C99"];
      inside(p, "experiments", 0, "groups", 0).share = 0.9;
      inside(p, "experiments", 0).traffic = 0.9;
      delete inside(p, "coupon_templates", 0).face;
    }).join("\n"),
  ).toMatch(
    /crowd nobody[\s\S]*template C99[\s\S]*groups' share does not add up to 1[\s\S]*at most 1[\s\S]*C01: percent_off says a rate/,
  );
});

test("a preset fills in what the caller leaves out", () => {
  const preset = defaultParameters().presets.small as Parameters["presets"][string];
  expect(simulationOf({ preset: "small" })).toMatchObject({
    users: preset.users,
    from: preset.from,
    seed: preset.seed,
  });
  expect(simulationOf({ preset: "small", users: 7, dirt: { late_rate: 0.5 } })).toMatchObject({
    users: 7,
    dirt: { late_rate: 0.5, tie_rate: 0 },
  });
  expect(simulationOf({ from: "2025-01-01", to: "2025-01-02" }).bootstrap_days).toBe(0);
});

test("an unknown preset or set of dirt is refused with the known ones", () => {
  expect(() => simulationOf({ preset: "huge" })).toThrow(
    'There is no preset "huge": expected one of small, default, million',
  );
  expect(() => simulationOf({ dirt: "muddy" })).toThrow('There is no dirt "muddy"');
});
