/** What the process tells its caller: 0 done, 1 the data or the code is at fault, 2 wrong usage or environment. */
export const exitCode = { ok: 0, atFault: 1, wrongUse: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command: the message says what failed and why, the details (already laid out) what to do or what was seen. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  readonly details: string;

  constructor(code: ExitCode, message: string, details = "") {
    super(message);
    this.exitCode = code;
    this.details = details;
  }
}

/** The data or the code is at fault: exit code 1. */
export function atFault(message: string, details = ""): Failure {
  return new Failure(exitCode.atFault, message, details);
}

/** Wrong usage or a wrong environment: exit code 2. */
export function wrongUse(message: string, details = ""): Failure {
  return new Failure(exitCode.wrongUse, message, details);
}
