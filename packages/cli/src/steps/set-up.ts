import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { wrongUse } from "../errors.ts";
import { home } from "../home.ts";

interface Part {
  readonly title: string;
}
interface SetUpState {
  readonly PARTS: Readonly<Record<string, Part>>;
  stateOf(part: Part, root: string): "current" | "missing" | "stale";
  npmAlreadyInstalled(root: string): boolean;
}
interface SetUp {
  ensureSetUp(where: { root: string; env: NodeJS.ProcessEnv; log?: (line: string) => void }): Promise<void>;
}

/**
 * Makes sure that what runs is what the sources say: a build that is out of date (a changed contract, helper or package)
 * is made again. Anything else that is missing needs the network, which only `npm start` and `npm test` use.
 */
export async function checkSetUp(env: NodeJS.ProcessEnv): Promise<void> {
  const root = home();
  const { PARTS, stateOf, npmAlreadyInstalled } = await imported<SetUpState>(root, "setup/state.mjs");
  const due = Object.entries(PARTS).filter(
    ([name, part]) => stateOf(part, root) !== "current" && !(name === "npm" && npmAlreadyInstalled(root)),
  );
  const missing = due.filter(([name]) => name !== "build").map(([, part]) => part.title);
  if (missing.length > 0) {
    throw wrongUse(
      `Set-up is incomplete: ${missing.join(", ")}.`,
      "Run `npm start` or `npm test` in the repository: either sets up what is missing. `growth doctor` shows details.",
    );
  }
  if (due.length > 0) await (await imported<SetUp>(root, "setup/setup.mjs")).ensureSetUp({ root, env });
}

async function imported<T>(root: string, file: string): Promise<T> {
  return (await import(pathToFileURL(join(root, file)).href)) as T;
}
