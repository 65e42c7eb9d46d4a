import type { Administration } from "../engine/administration.ts";
import type { Engine } from "../engine/engine.ts";
import type { Jobs } from "./jobs.ts";
import type { Identity } from "./resources.ts";

/** What the routes share. */
export interface ServerContext {
  readonly engine: Engine;
  readonly administration: Administration;
  readonly jobs: Jobs;
}

/** Any project id in a URL means the one project of this server; answers speak of it by the id the client used. */
export function identityFor(context: ServerContext, projectId: string): Identity {
  return { projectId, location: context.engine.parts.location };
}
