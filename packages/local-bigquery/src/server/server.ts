import Fastify, { type FastifyInstance } from "fastify";
import { Administration } from "../engine/administration.ts";
import type { Engine } from "../engine/engine.ts";
import { BigQueryError } from "../errors.ts";
import type { ServerContext } from "./context.ts";
import { answerErrors } from "./errors.ts";
import { Jobs } from "./jobs.ts";
import { datasetRoutes } from "./routes/datasets.ts";
import { insertAllRoute } from "./routes/insert-all.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { routineRoutes } from "./routes/routines.ts";
import { tableRoutes } from "./routes/tables.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { guard } from "./security.ts";

/** BigQuery bounds a request at 10 MB; a query's parameters may be as large as that. */
const BODY_LIMIT = 16 * 1024 * 1024;

export interface Server {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the API on 127.0.0.1 and nowhere else. */
export async function startServer(engine: Engine, port = 0): Promise<Server> {
  const jobs = new Jobs();
  const context: ServerContext = { engine, administration: new Administration(engine.parts), jobs };
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1100 },
  });
  guard(app);
  answerErrors(app);
  acceptEmptyJson(app);
  // Clients with an emulator's host call "/projects/...", those with an endpoint "/bigquery/v2/projects/...".
  for (const prefix of ["", "/bigquery/v2"]) {
    app.register(
      async (scope) => {
        datasetRoutes(scope, context);
        tableRoutes(scope, context);
        insertAllRoute(scope, context);
        routineRoutes(scope, context);
        jobRoutes(scope, context);
      },
      { prefix },
    );
  }
  app.register(async (scope) => uploadRoutes(scope, context));
  await listen(app, port);
  const address = app.server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: async () => {
      await jobs.close();
      await app.close();
    },
  };
}

/** Clients send "Content-Type: application/json" with requests that have no body, such as a cancel. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, {});
    let parsed: unknown;
    try {
      parsed = JSON.parse(body as string);
    } catch (error) {
      return done(
        new BigQueryError("invalid", `Parse Error: the body is not JSON (${(error as Error).message})`),
      );
    }
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject
      ? done(null, parsed)
      : done(new BigQueryError("invalid", "The body must be a JSON object."));
  });
}

async function listen(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host: "127.0.0.1", port });
  } catch (error) {
    await app.close();
    if ((error as { code?: string }).code !== "EADDRINUSE") throw error;
    const message = `Port ${port} on 127.0.0.1 is in use. Name another port, or none to take a free one.`;
    throw Object.assign(new BigQueryError("invalid", message), { code: "EADDRINUSE" });
  }
}
