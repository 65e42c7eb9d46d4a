import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// npm leaves out of the lock what it did not install, and then refuses `npm ci` elsewhere (or installs no binary there).
test("the lock has every platform's optional packages, so that npm ci works on each", () => {
  const file = fileURLToPath(new URL("../../package-lock.json", import.meta.url));
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});
