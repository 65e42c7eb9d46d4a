import type { FastifyInstance, FastifyRequest } from "fastify";
import { BigQueryError } from "../errors.ts";

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * A page in a browser on this machine must not reach the data. Three checks stop it: the Host header must name this
 * machine (a rebound DNS name does not), an Origin or Sec-Fetch-Site of another site is refused, and a body must be
 * declared as something no HTML form can send.
 */
export function guard(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (!isLoopbackHost(request.headers.host)) {
      throw new BigQueryError(
        "accessDenied",
        `Host "${request.headers.host ?? ""}" is not this server: use http://127.0.0.1 or http://localhost.`,
      );
    }
    const origin = request.headers.origin;
    const site = request.headers["sec-fetch-site"];
    const foreign =
      (origin !== undefined && !isLoopbackOrigin(origin)) || site === "cross-site" || site === "same-site";
    if (foreign)
      throw new BigQueryError("accessDenied", "Requests from web pages of other sites are refused.");
    if (hasBody(request) && !isAcceptedType(request)) {
      throw new BigQueryError(
        "invalid",
        `Content-Type "${request.headers["content-type"] ?? ""}" is not accepted: send application/json.`,
      );
    }
  });
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(host.toLowerCase().replace(/:\d+$/, ""));
}

function isLoopbackOrigin(origin: string): boolean {
  try {
    return LOOPBACK_HOSTS.has(new URL(origin).hostname);
  } catch {
    return false;
  }
}

function hasBody(request: FastifyRequest): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

function isAcceptedType(request: FastifyRequest): boolean {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return true;
  if (!isUpload(request.url)) return false;
  // The parts of an upload: none of these can come from a form without a preflight, which no route answers.
  return request.method === "PUT" || type === "multipart/related" || type === "application/octet-stream";
}

export function isUpload(url: string): boolean {
  return /^\/(?:upload|resumable\/upload)\//.test(url);
}
