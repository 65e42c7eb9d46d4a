import { run } from "./run.ts";

// The analyzer runs on Node's WASI, which warns of itself at each start; whoever asks a question did not ask that.
const emitWarning = process.emitWarning;
process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
  if (!/\bWASI\b/.test(String(warning))) emitWarning.call(process, warning, ...rest);
}) as typeof process.emitWarning;

// A reader that has seen enough (`growth query ... | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
});
