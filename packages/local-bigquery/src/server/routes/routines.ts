import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RoutineEntry } from "../../catalog/model.ts";
import { type RoutineDescription, routineDdl } from "../../engine/routine-ddl.ts";
import { BigQueryError } from "../../errors.ts";
import { identityFor, type ServerContext } from "../context.ts";
import { pageOf } from "../paging.ts";
import { etagOf, type RoutineParameter, routineResource } from "../resources.ts";
import { checkEtag } from "./datasets.ts";

interface Params {
  readonly project: string;
  readonly dataset: string;
  readonly routine: string;
}
type Body = RoutineDescription & { readonly routineReference?: { readonly routineId?: string } };

/** Functions and procedures; made through the same statements that SQL makes them with. */
export function routineRoutes(app: FastifyInstance, context: ServerContext): void {
  const { administration, engine } = context;
  const routines = "/projects/:project/datasets/:dataset/routines";

  const find = (dataset: string, id: string): RoutineEntry => {
    administration.dataset(dataset);
    const entry = administration.catalog.routine(dataset, id);
    if (!entry)
      throw new BigQueryError("notFound", `Not found: Routine ${engine.parts.projectId}:${dataset}.${id}`);
    return entry;
  };
  const resource = async (project: string, entry: RoutineEntry) =>
    routineResource(entry, identityFor(context, project), await parameters(entry));
  /** A procedure's are read from its statement. */
  const parameters = async (entry: RoutineEntry): Promise<readonly RoutineParameter[]> => {
    if (entry.definition) return entry.definition.arguments;
    const { source, statements } = await engine.parts.scripts.parse(entry.ddl);
    const [statement] = statements;
    if (statement?.kind !== "createProcedure") return [];
    return statement.parameters.map(({ name, mode, type }) => ({ name, mode, type: source.slice(type) }));
  };
  const make = async (project: string, dataset: string, id: string, body: Body, replace: boolean) => {
    administration.dataset(dataset);
    const sql = routineDdl(`${dataset}.${id}`, body, replace);
    await engine.run(sql, { projects: new Set([project, engine.parts.projectId]) }).finished;
    return resource(project, find(dataset, id));
  };

  app.get(routines, async (request) => {
    const { project, dataset } = request.params as Params;
    administration.dataset(dataset);
    const { page, ...next } = pageOf(
      administration.catalog.routines(dataset),
      request.query as Record<string, string>,
    );
    return { routines: await Promise.all(page.map((entry) => resource(project, entry))), ...next };
  });

  app.get(`${routines}/:routine`, async (request) => {
    const { project, dataset, routine } = request.params as Params;
    return resource(project, find(dataset, routine));
  });

  app.post(routines, async (request) => {
    const { project, dataset } = request.params as Params;
    const body = request.body as Body;
    const id = body.routineReference?.routineId;
    if (!id) throw new BigQueryError("required", "Required parameter is missing: routineReference.routineId");
    return make(project, dataset, id, body, false);
  });

  const update = async (request: FastifyRequest) => {
    const { project, dataset, routine } = request.params as Params;
    checkEtag(request, etagOf(find(dataset, routine)));
    return make(project, dataset, routine, request.body as Body, true);
  };
  app.put(`${routines}/:routine`, update);

  app.delete(`${routines}/:routine`, async (request, reply) => {
    const { dataset, routine } = request.params as Params;
    const entry = find(dataset, routine);
    await administration.write(async (_catalog, change) => {
      change({ drop: "routine", dataset: entry.dataset, id: entry.id });
    });
    return reply.code(204).send();
  });
}
