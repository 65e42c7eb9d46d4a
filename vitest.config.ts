import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

// Tests run the packages' TypeScript sources, so that a test never sees a stale build.
const alias = Object.fromEntries(
  readdirSync(`${root}packages`).map((name) => [`@growth/${name}`, `${root}packages/${name}/src/index.ts`]),
);

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Every test opens an engine of its own; a worker that stays keeps what it compiled of the analyzer.
    isolate: false,
  },
});
