// Builds what runs: the command (one bundle) and the includes that Dataform loads (CommonJS, one file each).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { writeCalendar } from "./calendar.mjs";
import { writeContracts } from "./contracts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "src/index.ts")),
);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
};

const buildPackage = (name) =>
  build({
    ...common,
    entryPoints: [`packages/${name}/src/index.ts`],
    outfile: `packages/${name}/dist/index.js`,
  });

await buildPackage("contracts");
if (!(await writeContracts(root))) process.exitCode = 1;
if (!writeCalendar(root)) process.exitCode = 1;

await Promise.all([
  // A thread is started from a file of its own, beside the bundle that starts it.
  build({
    ...common,
    entryPoints: ["packages/local-bigquery/src/analyzer/worker.mjs"],
    outfile: "packages/local-bigquery/dist/worker.mjs",
  }),
  ...packages.filter((name) => name !== "contracts").map(buildPackage),
  ...["main"]
    .filter((name) => existsSync(join(root, `packages/cli/src/${name}.ts`)))
    .map((name) =>
      build({
        ...common,
        entryPoints: [`packages/cli/src/${name}.ts`],
        outfile: `packages/cli/dist/${name}.js`,
      }),
    ),
  ...readdirSync(join(root, "includes"))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) =>
      build({
        ...common,
        entryPoints: [`includes/${file}`],
        outfile: `includes/${file.replace(/\.ts$/, ".js")}`,
        format: "cjs",
        platform: "neutral",
        packages: "bundle",
        // Includes that the build writes are left to Dataform, which resolves them from the project's root.
        external: ["includes/*"],
        sourcemap: false,
      }),
    ),
]);
