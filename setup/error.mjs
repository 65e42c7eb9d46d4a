/** Set-up cannot go on: the message is a sentence for the person at the terminal. Exit code 2: the environment, 1: the code. */
export class SetupError extends Error {
  constructor(message, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
