export { type ExitCode, exitCode } from "./errors.ts";
export type { Io } from "./io.ts";
export { run } from "./run.ts";
