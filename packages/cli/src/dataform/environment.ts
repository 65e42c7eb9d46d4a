import { join } from "node:path";
import type { State } from "../state/state.ts";

/**
 * The environment that points the stock Dataform CLI at a local BigQuery: no account, no network. Its Google client would
 * otherwise look for credentials in the user's home and on a metadata server, and send loopback calls through a proxy.
 */
export function localEnvironment(env: NodeJS.ProcessEnv, state: State, url: string): NodeJS.ProcessEnv {
  const noProxy = [env.NO_PROXY ?? env.no_proxy, "127.0.0.1,localhost"].filter(Boolean).join(",");
  const { GOOGLE_APPLICATION_CREDENTIALS: _, ...rest } = env;
  return {
    ...rest,
    BIGQUERY_EMULATOR_HOST: url,
    METADATA_SERVER_DETECTION: "none",
    HOME: join(state.folder, "no-account"),
    APPDATA: join(state.folder, "no-account"),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
  };
}
