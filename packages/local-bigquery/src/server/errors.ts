import type { FastifyInstance } from "fastify";
import { BigQueryError } from "../errors.ts";

const STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  413: "INVALID_ARGUMENT",
  499: "CANCELLED",
  500: "INTERNAL",
};

/** An item of the API's error lists, also the form of a job's errorResult. */
export interface ErrorProto {
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
}

export function errorProto(error: BigQueryError): ErrorProto {
  const location =
    error.reason === "invalidQuery" || error.reason === "unsupported" ? { location: "query" } : {};
  return {
    reason: error.reason === "unsupported" ? "invalidQuery" : error.reason,
    ...location,
    message: error.message,
  };
}

/** The API's body of a failed request. */
export function errorBody(error: BigQueryError, code = error.status) {
  const { location, ...proto } = errorProto(error);
  const place = location ? { locationType: "other", location } : {};
  return {
    error: {
      code,
      message: error.message,
      errors: [{ message: proto.message, domain: "global", reason: proto.reason, ...place }],
      status: STATUS[code] ?? "UNKNOWN",
    },
  };
}

/** Any failure as one a client can show. */
export function asBigQueryError(error: unknown): BigQueryError {
  if (error instanceof BigQueryError) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode < 500)
    return new BigQueryError("invalid", message ?? "Bad request");
  return new BigQueryError("internalError", `An internal error occurred: ${message ?? String(error)}`);
}

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode;
    const answer = asBigQueryError(error);
    if (answer.reason === "internalError") request.log.error(error);
    // Fastify's own refusals (body too large, malformed JSON) and failed preconditions keep their code.
    const code = status !== undefined && status < 500 ? status : answer.status;
    reply.code(code).send(errorBody(answer, code));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new BigQueryError("notFound", `Not found: ${request.method} ${request.url.split("?")[0]}`);
    reply.code(404).send(errorBody(error));
  });
}
