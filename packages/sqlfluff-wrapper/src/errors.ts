/** The caller's environment or arguments are at fault: the message says what failed and what to do. Exit code 2. */
export class EnvironmentProblem extends Error {
  override readonly name = "EnvironmentProblem";
}
