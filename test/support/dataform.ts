import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const project = fileURLToPath(new URL("../..", import.meta.url));

const cli = join(dirname(createRequire(import.meta.url).resolve("@dataform/cli/package.json")), "bundle.js");

export interface DataformRun {
  /** Address of the BigQuery API. */
  url: string;
  /** A folder for the credentials file; also the home, so that no account of this machine is found. */
  folder: string;
  args: readonly string[];
}

/** Runs the stock Dataform CLI on this project; a run that fails rejects with what the CLI said. */
export async function dataform({ url, folder, args }: DataformRun): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      BIGQUERY_EMULATOR_HOST: url,
      METADATA_SERVER_DETECTION: "none",
      NO_PROXY: "127.0.0.1,localhost",
    },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0)
    throw new Error(`dataform ${args.join(" ")} ended with exit code ${code}:\n${whatFailed(said)}`);
  return said;
}

/** Leaves out what went well, and the statements of what did not beyond their first lines. */
function whatFailed(said: string): string {
  const lines = said
    .split("\n")
    .filter((line) => !/^(Table created|Operation completed|\s+jobId:)/.test(line));
  const messages = lines.filter((line) => /failed:|error|Error|Unsupported|not found|refus|must/.test(line));
  return [...new Set([...messages, "", ...lines.slice(0, 40), "...", ...lines.slice(-40)])].join("\n");
}
