import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import express, { type Express, Router } from "express";
import { notFound } from "../../core/error";
import type { Logger } from "../../core/logger";
import { apiPrefix } from "../../core/wire";
import { guardConnections } from "./peers/connection-guard";
import type { ContainerPeers } from "./peers/container-peers";
import type { Platform } from "./platform/platform";
import { authenticate } from "./request/authenticate";
import { errorAnswers } from "./request/errors";
import { giveRequestId } from "./request/request-id";
import { buildConfigAnswer, sourceAnswer } from "./resources/build-sources";
import { routes } from "./routes";
import { acceptRuns } from "./run/accept-runs";

export interface ApiParts {
  platform: Platform;
  log: Logger;
  /** Answers everything below /git/; it authenticates by itself. */
  git(req: IncomingMessage, res: ServerResponse): void;
  /** Their connections are refused, see `guardConnections`. */
  containers: ContainerPeers;
}

/** The HTTP API and the git receiver on one server, not yet listening. */
export function createApi(parts: ApiParts): Server {
  const app = assemble(parts);
  const server = createServer((req, res) => {
    giveRequestId(req, res);
    if (req.url?.startsWith("/git/")) parts.git(req, res);
    else app(req, res);
  });
  // A push may take as long as its build: only a request's head is hurried.
  server.headersTimeout = 10_000;
  server.requestTimeout = 0;
  server.keepAliveTimeout = 20_000;
  server.on("connection", (socket) => socket.setKeepAlive(true, 15_000));
  guardConnections(server, parts.containers, parts.log);
  acceptRuns(server, parts);
  return server;
}

function assemble({ platform, log }: ApiParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/health", (_req, res) => {
    res.json({ ok: true, platform: platform.id, version: platform.version });
  });
  app.use(apiPrefix, resources({ platform, log }));
  app.use((req) => {
    throw notFound(
      `There is nothing at ${req.path.slice(0, 80)}: the API is below ${apiPrefix}, git below /git/.`,
    );
  });
  app.use(errorAnswers(log));
  return app;
}

function resources({ platform, log }: Pick<ApiParts, "platform" | "log">): Router {
  const router = Router({ caseSensitive: true });
  router.get("/internal/builds/:id/source", sourceAnswer(platform));
  router.get("/internal/builds/:id/config", buildConfigAnswer(platform));
  for (const route of routes)
    router[route.method](route.path, (req, res) => route.serve({ platform, log }, req, res));
  router.use(async (req) => {
    await authenticate(platform, req);
    throw notFound(`The API has no ${req.method} ${req.path.slice(0, 80)}.`);
  });
  return router;
}
