import { once } from "node:events";
import { relative, resolve } from "node:path";
import { exitCode, wrongUse } from "../errors.ts";
import { write } from "../io.ts";
import { localProject, State } from "../state/state.ts";
import { liveServer, type RunningServer, serve, serveState } from "../warehouse/session.ts";
import { type Command, flag, stateOption, text } from "./command.ts";

const usualPort = 9050;

export const bigquery: Command = {
  name: "bigquery",
  summary: "serve the local warehouse through BigQuery's API",
  description:
    "Answers BigQuery's REST API on 127.0.0.1 until it is stopped (Ctrl-C), and prints one line with its URL when it is ready. " +
    "Anything that speaks to BigQuery can use it: set BIGQUERY_EMULATOR_HOST to the URL.",
  options: [
    {
      flags: "--port <port>",
      description: `port to listen on, 0 for any free one (default: ${usualPort}, or any free one if that is taken)`,
    },
    {
      flags: "--database <file>",
      description: "database file to serve instead of the state folder's; made if missing",
    },
    {
      flags: "--measure-bytes",
      description:
        "report the bytes each statement processed, as BigQuery counts them; costs a scan of what it reads",
    },
    stateOption,
  ],
  examples: [
    ["growth bigquery --port 9050", "serve what `growth start` built"],
    [
      "BIGQUERY_EMULATOR_HOST=http://127.0.0.1:9050 npx dataform run --credentials .growth/.df-credentials.json",
      "the stock Dataform CLI on it",
    ],
  ],
  async run(io, options) {
    const state = new State(io.cwd, options.state);
    const port = portOf(text(options, "port"));
    const file = text(options, "database");
    const measureBytes = flag(options, "measureBytes");
    const database = file === undefined ? state.warehouse : resolve(io.cwd, file);
    if (database === state.warehouse) refuseSecond(state);
    const open = (wanted: number) =>
      database === state.warehouse
        ? serveState(state, wanted, { measureBytes })
        : serve({ database, port: wanted, measureBytes });
    const server = await listen(open, port);
    const asked = stopRequest();
    try {
      const shown = relative(io.cwd, database);
      await write(
        io.stdout,
        `Local BigQuery ready at ${server.url} (project ${localProject}, database ${shown})\n`,
      );
      await asked;
    } finally {
      await server.close();
    }
    return exitCode.ok;
  },
};

function portOf(option: string | undefined): number | undefined {
  if (option === undefined) return undefined;
  const port = Number(option);
  if (!/^\d+$/.test(option) || port > 65_535) {
    throw wrongUse(
      `--port ${option} is not a port.`,
      "Write a number from 0 to 65535; 0 takes any free one.",
    );
  }
  return port;
}

function refuseSecond(state: State): void {
  const live = liveServer(state);
  if (!live) return;
  throw wrongUse(
    `${state.shown} is already served at ${live.url} (process ${live.pid}).`,
    `Use that one, stop it with: kill ${live.pid}, or serve another folder with --state DIR.`,
  );
}

async function listen(
  open: (port: number) => Promise<RunningServer>,
  port: number | undefined,
): Promise<RunningServer> {
  try {
    return await open(port ?? usualPort);
  } catch (error) {
    if (!(error instanceof Error && /\bin use\b/.test(error.message))) throw error;
    if (port === undefined) return open(0);
    throw wrongUse(
      `Port ${port} is taken by another program.`,
      "Choose another, or let --port 0 take any free one.",
    );
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once, as usual. */
async function stopRequest(): Promise<void> {
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
