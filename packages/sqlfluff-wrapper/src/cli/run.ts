import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { Command, CommanderError, Option } from "commander";
import { createLinter, type Linter } from "../create.ts";
import { EnvironmentProblem } from "../errors.ts";
import { type Format, formats, formatted, lineReader } from "../format/format.ts";
import type { LintResult } from "../lint/linter.ts";

export interface Io {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** As sqlfluff's: 0 clean, 1 findings, 2 wrong usage or environment. */
export const exitCode = { clean: 0, findings: 1, wrongUse: 2 } as const;
type ExitCode = (typeof exitCode)[keyof typeof exitCode];

interface Options {
  readonly project: string;
  readonly format: Format;
  readonly rules?: string;
  readonly excludeRules?: string;
  readonly config?: string;
  readonly check?: boolean;
  readonly watch?: boolean;
  readonly also?: string;
}

/** Runs one command line (without `node` and the script's name) and gives the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.clean;
  const program = new Command("sqlfluff-wrapper")
    .description(
      "sqlfluff for Dataform .sqlx: findings at the right line, fixes that leave the compiled graph alone.",
    )
    .helpCommand(false);
  const add = (
    name: string,
    description: string,
    work: (linter: Linter, paths: string[], options: Options) => Promise<ExitCode>,
  ) => {
    const command = program
      .command(name)
      .description(description)
      .argument("[paths...]", "files and folders of the project (default: all)")
      .option("--project <dir>", "the project's folder", io.cwd)
      .addOption(
        new Option("--format <format>", "how findings are written").choices([...formats]).default("human"),
      )
      .option("--rules <codes>", "only these rules, separated by commas")
      .option("--exclude-rules <codes>", "not these rules")
      .option("--config <file>", "a further sqlfluff configuration file, read last");
    command.action(async (paths: string[], options: Options) => {
      code = await withLinter(options, io, (linter) => work(linter, paths, options));
    });
    return command;
  };
  add("lint", "Lint. Exit code 1 where something is found.", async (linter, paths, options) => {
    if (options.watch) return watch(linter, paths, options, io);
    return told(await linter.lint(absolute(io, paths)), options, io);
  }).option("--watch", "lint again after every change");
  add(
    "fix",
    "Mend layout, capitalisation and aliasing; write only what changes nothing else.",
    (linter, paths, options) => fix(linter, paths, options, io),
  )
    .option("--check", "write nothing; exit code 1 where something would be mended")
    .option(
      "--also <rules>",
      "mend the findings of these rules too: codes, names or groups, separated by commas",
    );
  add("doctor", "What is needed, and what of it was found.", async (linter) => {
    const findings = linter.doctor();
    for (const { name, ok, found } of findings) io.stdout.write(`${ok ? "✔" : "✖"} ${name}: ${found}\n`);
    return findings.every(({ ok }) => ok) ? exitCode.clean : exitCode.wrongUse;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.clean : exitCode.wrongUse;
    if (!(error instanceof EnvironmentProblem)) throw error;
    io.stderr.write(`${error.message}\n`);
    return exitCode.wrongUse;
  }
}

function list(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
}

function absolute(io: Io, paths: readonly string[]): string[] {
  return paths.map((path) => resolve(io.cwd, path));
}

async function withLinter<T>(options: Options, io: Io, work: (linter: Linter) => Promise<T>): Promise<T> {
  const linter = createLinter({
    project: resolve(io.cwd, options.project),
    env: io.env,
    rules: list(options.rules),
    excludeRules: list(options.excludeRules),
    ...(options.config ? { config: resolve(io.cwd, options.config) } : {}),
  });
  try {
    return await work(linter);
  } finally {
    linter.dispose();
  }
}

function told(result: LintResult, options: Options, io: Io): ExitCode {
  io.stdout.write(
    formatted(
      options.format,
      result,
      lineReader(resolve(io.cwd, options.project)),
      io.stdout.isTTY === true && !io.env.NO_COLOR,
    ),
  );
  return result.violations.some(({ severity }) => severity === "error") ? exitCode.findings : exitCode.clean;
}

async function watch(linter: Linter, paths: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  let code: ExitCode = exitCode.clean;
  await linter.watch(absolute(io, paths), stop.signal, (result) => {
    code = told(result, options, io);
    io.stderr.write(`${result.seconds.toFixed(1)} s; waiting for changes.\n`);
  });
  return code;
}

async function fix(linter: Linter, paths: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const result = await linter.fix({
    paths: absolute(io, paths),
    also: list(options.also),
    check: options.check === true,
  });
  const verb = options.check ? "would mend" : "mended";
  for (const file of result.changed.keys()) io.stderr.write(`${verb} ${file}\n`);
  for (const { file, why } of result.refused) io.stderr.write(`left alone ${file}: ${why}\n`);
  if (result.after) return told(result.after, options, io);
  return result.changed.size > 0 || result.refused.length > 0 ? exitCode.findings : exitCode.clean;
}
