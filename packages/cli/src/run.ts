import { CommanderError, Command as Program, Option as ProgramOption } from "commander";
import { commands } from "./commands/all.ts";
import type { Command, Options } from "./commands/command.ts";
import { type ExitCode, exitCode, Failure } from "./errors.ts";
import { nearest } from "./format/nearest.ts";
import { colorsFor, type Io } from "./io.ts";

/** Runs one growth command line (without `node` and the script's name) and returns the process's exit code. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.ok;
  const program = new Program("growth")
    .description("An open data warehouse for e-commerce user growth, on BigQuery or on this machine.")
    .usage("<command> [options]")
    .helpCommand(false)
    .helpOption("-h, --help", "show this help, or that of a command")
    .configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() });
  for (const command of commands)
    program.addCommand(
      parserOf(command, io, (result) => {
        code = result;
      }),
    );
  for (const parser of [program, ...program.commands]) {
    parser.exitOverride().configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
    });
  }
  program.on("command:*", () => {});
  try {
    const unknown = unknownCommand(argv);
    if (unknown) throw unknown;
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return report(error, io);
  }
}

function unknownCommand(argv: readonly string[]): Failure | undefined {
  const [first] = argv;
  if (first === undefined || first.startsWith("-") || commands.some((command) => command.name === first))
    return undefined;
  const close = nearest(
    first,
    commands.map((command) => command.name),
  );
  return new Failure(
    exitCode.wrongUse,
    `There is no command ${first}.`,
    close ? `Did you mean: growth ${close}` : "growth --help lists all commands.",
  );
}

function parserOf(command: Command, io: Io, ended: (code: ExitCode) => void): Program {
  const parser = new Program(command.name)
    .summary(command.summary)
    .description(command.description)
    .helpOption("-h, --help", "show this help");
  if (command.argument) parser.argument(command.argument.usage, command.argument.description);
  for (const option of command.options) {
    const made = new ProgramOption(option.flags, option.description);
    if (option.choices) made.choices([...option.choices]);
    if (option.default !== undefined) made.default(option.default);
    parser.addOption(made);
  }
  parser.addHelpText("after", examplesText(command));
  parser.action(async (...args: unknown[]) => {
    const argument = command.argument ? String(args[0]) : "";
    ended(await command.run(io, parser.opts<Options>(), argument));
  });
  return parser;
}

function examplesText(command: Command): string {
  const lines = command.examples.map(([line, does]) => `  ${line}\n      ${does}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

/** Tells what went wrong on stderr and what it means for the caller. */
function report(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help")) {
    return error.exitCode === 0 ? exitCode.ok : exitCode.wrongUse;
  }
  const colors = colorsFor(io.stderr, io.env);
  const { message, details, code } = explained(error);
  io.stderr.write(`\n${colors.red("✖")} ${message}\n`);
  if (details) io.stderr.write(`\n${details.replace(/^(?=.)/gm, "  ")}\n`);
  return code;
}

function explained(error: unknown): { message: string; details: string; code: ExitCode } {
  if (error instanceof Failure)
    return { message: error.message, details: error.details, code: error.exitCode };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommanderError) {
    const [what = "", ...more] = message.replace(/^error: /, "").split("\n");
    return {
      message: `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
      details: more.join("\n"),
      code: exitCode.wrongUse,
    };
  }
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 8).join("\n") : "";
  return { message: `Unexpected error: ${message}`, details: stack, code: exitCode.atFault };
}
