import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { projectFolder } from "./bigquery-client.ts";

const cache = join(projectFolder, "node_modules/.cache/growth-tests");
let program: Promise<string> | undefined;

/** The package as one file that Node runs by itself, and a program around it that serves until it is killed. */
function served(): Promise<string> {
  program ??= (async () => {
    const folder = join(cache, String(process.pid));
    mkdirSync(folder, { recursive: true });
    const sources = join(projectFolder, "packages/local-bigquery/src");
    await build({
      entryPoints: { index: join(sources, "index.ts"), worker: join(sources, "analyzer/worker.mjs") },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outdir: folder,
      outExtension: { ".js": ".mjs" },
    });
    const bundle = join(folder, "index.mjs");
    const file = join(folder, "serve.mjs");
    writeFileSync(
      file,
      `import { createLocalBigQuery, defaultFiles } from ${JSON.stringify(bundle)};
       try {
         const [database, uploadFolder] = process.argv.slice(2);
         const engine = await createLocalBigQuery({ files: defaultFiles(${JSON.stringify(projectFolder)}), database, uploadFolder });
         console.log((await engine.listen()).url);
       } catch (error) {
         console.error(error.message);
         process.exit(1);
       }`,
    );
    return file;
  })();
  return program;
}

export interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  /** kill -9, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a server process on a database file; rejects with what it says if it does not start. */
export async function serve(database: string, uploadFolder: string): Promise<Served> {
  const child = spawn(process.execPath, [await served(), database, uploadFolder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.stdout.on("data", (text) => resolve(String(text).trim()));
    child.on("exit", () => reject(new Error(said.replace(/\(node:.*|\(Use .*/g, "").trim())));
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    url,
    process: child,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** jobs.query by plain HTTP: rows as lists of texts, or the API's error. */
export async function ask(url: string, query: string): Promise<(string | null)[][]> {
  const response = await fetch(`${url}/projects/local/queries`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, useLegacySql: false, timeoutMs: 200_000 }),
  });
  const body = (await response.json()) as {
    error?: { message: string };
    rows?: { f: { v: string | null }[] }[];
  };
  if (body.error) throw new Error(body.error.message);
  return (body.rows ?? []).map((row) => row.f.map((cell) => cell.v));
}
