// What `growth lint` says of this project: one compilation, one sqlfluff.
import { createLinter } from "@growth/sqlfluff-wrapper";
import { expect, test } from "vitest";
import { root } from "./project.ts";

test("the project's own SQL keeps the rules in .sqlfluff", async () => {
  await using linter = createLinter({ project: root });
  const { violations, files } = await linter.lint();
  expect(files.length).toBeGreaterThan(60);
  expect(
    violations.map(
      ({ file, line, column, code, message, unit, variant }) =>
        `${file}:${line}:${column} ${code} ${message} (${unit}, ${variant})`,
    ),
  ).toEqual([]);
});
