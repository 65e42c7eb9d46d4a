import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFolder } from "./bigquery-client.ts";

const require = createRequire(import.meta.url);
const cli = join(dirname(require.resolve("@dataform/cli/package.json")), "bundle.js");
const core = join(projectFolder, "node_modules/@dataform/core");

export interface CliRun {
  readonly code: number;
  readonly output: string;
}

/** The sample project in a folder of its own, as somebody who cloned it and installed its one package has it. */
export class DataformSample {
  readonly folder = mkdtempSync(join(tmpdir(), "dataform-sample-"));

  constructor() {
    cpSync(join(projectFolder, "test/local-bigquery/dataform-sample"), this.folder, { recursive: true });
    cpSync(core, join(this.folder, "node_modules/@dataform/core"), { recursive: true });
    writeFileSync(
      join(this.folder, ".df-credentials.json"),
      JSON.stringify({ projectId: "local", location: "US" }),
    );
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs the stock CLI against the API at `url`. */
  async cli(url: string, ...args: string[]): Promise<CliRun> {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        BIGQUERY_EMULATOR_HOST: url,
        METADATA_SERVER_DETECTION: "none",
      },
    });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, output };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
