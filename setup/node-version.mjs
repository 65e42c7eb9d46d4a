// Kept free of newer syntax: see run.mjs.
export const NODE_MINIMUM = 20;

/** One sentence that says what is wrong with this Node and what to do, or undefined. */
export function nodeProblem(version) {
  if (Number(version.split(".")[0]) >= NODE_MINIMUM) return undefined;
  return `This is Node ${version}, but Node ${NODE_MINIMUM} or later is needed: install one from https://nodejs.org and run the command again.`;
}
