// What `npm start` and `npm test` run: set up what is missing, then do it. This file and nothing it imports
// statically may use syntax newer than Node 12, so that an old Node gets a sentence and not a syntax error.
import { nodeProblem } from "./node-version.mjs";

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 2;
} else {
  import("./command.mjs").then(({ run }) => run(process.argv[2], process.argv.slice(3)));
}
