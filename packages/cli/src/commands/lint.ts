import { resolve } from "node:path";
import type { Format, Linter, LintResult } from "@growth/sqlfluff-wrapper";
import { type ExitCode, exitCode, wrongUse } from "../errors.ts";
import { projectFolder } from "../home.ts";
import { colorsFor, type Io, write } from "../io.ts";
import { type Command, flag, type Options, stateOption, text } from "./command.ts";

export const lint: Command = {
  name: "lint",
  summary: "lint the SQL of the models, and mend it",
  description:
    "Lints .sqlx and .js files with sqlfluff, by the rules in .sqlfluff. Exit code 1 if there is a finding. Needs no warehouse.",
  argument: { usage: "[paths...]", description: "files and folders of the project (default: all)" },
  options: [
    {
      flags: "--format <format>",
      description: "how findings are written",
      choices: ["human", "json", "sarif", "github", "junit"],
      default: "human",
    },
    { flags: "--fix", description: "mend layout, capitalisation and aliasing first; nothing else changes" },
    {
      flags: "--also <rules>",
      description: "with --fix: mend the findings of these rules too (codes, names or groups, with commas)",
    },
    stateOption,
  ],
  examples: [
    ["growth lint", "lint everything"],
    ["growth lint definitions/dm --fix", "mend what can be mended there, and tell the rest"],
    ["growth lint --format github", "findings as annotations of a pull request"],
  ],
  async run(io, options, argument) {
    const { createLinter, EnvironmentProblem } = await import("@growth/sqlfluff-wrapper");
    let linter: Linter | undefined;
    try {
      linter = createLinter({ project: projectFolder(io.cwd), env: io.env });
      const paths = argument === "" ? [] : argument.split(",").map((path) => resolve(io.cwd, path));
      const mended = flag(options, "fix") ? await mend(io, linter, paths, options) : undefined;
      return await tell(io, mended ?? (await linter.lint(paths)), options);
    } catch (error) {
      if (error instanceof EnvironmentProblem) throw wrongUse(error.message);
      throw error;
    } finally {
      linter?.dispose();
    }
  },
};

async function mend(
  io: Io,
  linter: Linter,
  paths: readonly string[],
  options: Options,
): Promise<LintResult | undefined> {
  const also = (text(options, "also") ?? "").split(",").filter(Boolean);
  const { changed, refused, after } = await linter.fix({ paths, also });
  for (const file of changed.keys()) await write(io.stderr, `mended ${file}\n`);
  for (const { file, why } of refused) await write(io.stderr, `left alone ${file}: ${why}\n`);
  return after;
}

async function tell(io: Io, result: LintResult, options: Options): Promise<ExitCode> {
  const { formatted, lineReader } = await import("@growth/sqlfluff-wrapper");
  const format = (text(options, "format") ?? "human") as Format;
  const colours = colorsFor(io.stdout, io.env).isColorSupported;
  await write(io.stdout, formatted(format, result, lineReader(projectFolder(io.cwd)), colours));
  return result.violations.some(({ severity }) => severity === "error") ? exitCode.atFault : exitCode.ok;
}
