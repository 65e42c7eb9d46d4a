import { setTimeout as sleep } from "node:timers/promises";
import { wrongUse } from "../errors.ts";
import { home } from "../home.ts";
import { readJson, remove, writeJson } from "../state/files.ts";
import { isAlive, markOf, type ProcessMark } from "../state/process.ts";
import { localProject, type State } from "../state/state.ts";
import { Client } from "./client.ts";

/** server.json: the server that holds this state's database open, while there is one. */
export interface ServerRecord extends ProcessMark {
  readonly url: string;
}

/** The server at work on this state, if one is: only it can open the database. */
export function liveServer(state: State): ServerRecord | undefined {
  const record = readJson<ServerRecord>(state.server);
  return record && isAlive(record) ? record : undefined;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a database file (or one in memory) and serves it. */
export async function serve(options: {
  database?: string;
  uploads?: string;
  port: number;
  measureBytes?: boolean;
}): Promise<RunningServer> {
  const { createLocalBigQuery, defaultFiles } = await import("@growth/local-bigquery");
  const open = async () =>
    createLocalBigQuery({
      files: defaultFiles(home()),
      projectId: localProject,
      ...(options.database === undefined ? {} : { database: options.database }),
      ...(options.uploads === undefined ? {} : { uploadFolder: options.uploads }),
      measureBytes: options.measureBytes === true,
    });
  // Missing tools, a file that is no database, one that another process holds: all of the environment.
  const engine = await open().catch((error: Error) => {
    throw wrongUse(error.message);
  });
  try {
    const { url } = await engine.listen(options.port);
    return { url, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Serves this state's database and says so in server.json, so that other commands find it. */
export async function serveState(
  state: State,
  port: number,
  options: { measureBytes?: boolean } = {},
): Promise<RunningServer> {
  state.prepare();
  const server = await serve({ database: state.warehouse, uploads: state.uploads, port, ...options });
  const record: ServerRecord = { ...markOf(process.pid), url: server.url };
  writeJson(state.server, record);
  return {
    url: server.url,
    close: async () => {
      const current = readJson<ServerRecord>(state.server);
      if (current?.pid === record.pid && current.url === record.url) remove(state.server);
      await server.close();
    },
  };
}

/**
 * Runs `work` with a client of this state's warehouse: through the server that holds it open if there is one, else
 * through one opened for as long as the work lasts.
 */
export async function withWarehouse<T>(
  state: State,
  work: (client: Client) => Promise<T>,
  options: { readonly measureBytes?: boolean } = {},
): Promise<T> {
  for (const deadline = Date.now() + 15_000; ; await sleep(150)) {
    const live = liveServer(state);
    if (live) {
      const client = new Client(live.url, localProject);
      if (await client.answers()) return work(client);
      if (Date.now() < deadline) continue;
      throw wrongUse(
        `The local BigQuery at ${live.url} (process ${live.pid}) holds ${state.shown} but does not answer.`,
        `Stop it with: kill ${live.pid}`,
      );
    }
    let server: RunningServer;
    try {
      server = await serveState(state, 0, options);
    } catch (error) {
      // Between two commands the database can be held by one that has not written server.json yet.
      if (isHeldElsewhere(error) && Date.now() < deadline) continue;
      throw error;
    }
    try {
      return await work(new Client(server.url, localProject));
    } finally {
      await server.close();
    }
  }
}

function isHeldElsewhere(error: unknown): boolean {
  return error instanceof Error && /another process/.test(error.message);
}
