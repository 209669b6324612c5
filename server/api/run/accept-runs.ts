import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { App } from "../../../core/app";
import { errorCatalogue, messageOf, notFound } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import type { Actor } from "../../../core/policy";
import { apiPrefix } from "../../../core/wire";
import type { Apps } from "../platform/apps";
import type { Runs } from "../platform/runs";
import type { Tokens } from "../platform/tokens";
import { authenticate } from "../request/authenticate";
import { apiError, translate } from "../request/errors";
import { permitApp } from "../request/permit";
import { holdRun } from "./run-conversation";

interface RunParts {
  platform: Runs & Apps & Tokens;
  log: Logger;
}

/** Takes the upgrades of `/v1/apps/:app/run`, asked the same questions as any request before they become WebSockets. */
export function acceptRuns(server: Server, parts: RunParts): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024, perMessageDeflate: false });
  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const note = (error: Error) => parts.log.info({ reason: error.message }, "run connection broke");
    socket.on("error", note);
    allow(parts.platform, req).then(
      ({ actor, app }) => {
        socket.off("error", note);
        sockets.handleUpgrade(req, socket, head, (client) => converse(parts, actor, app, client));
      },
      (thrown: unknown) => refuse(socket, thrown, parts.log),
    );
  });
}

async function allow(platform: Apps & Tokens, req: IncomingMessage): Promise<{ actor: Actor; app: App }> {
  const actor = await authenticate(platform, req);
  const [, name] = runPath.exec(req.url ?? "") ?? [];
  if (name === undefined) throw notFound("Only an app's run can be upgraded to a WebSocket.");
  return { actor, app: await permitApp(platform, actor, "run:start", name) };
}
const runPath = new RegExp(`^${apiPrefix}/apps/([a-z0-9-]+)/run$`);

function refuse(socket: Duplex, thrown: unknown, log: Logger): void {
  const error = translate(thrown);
  if (error.code === "internal") log.error({ reason: messageOf(thrown) }, "run request failed");
  const body = JSON.stringify(apiError(error, ""));
  const { http } = errorCatalogue[error.code];
  const head = `HTTP/1.1 ${http} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  socket.end(head + body, () => socket.destroy());
}

function converse({ platform, log }: RunParts, actor: Actor, app: App, client: WebSocket): void {
  client.on("error", (error) => log.info({ app: app.name, reason: error.message }, "run connection broke"));
  const note = (error: unknown) => log.info({ app: app.name, reason: messageOf(error) }, "run was disturbed");
  holdRun(client, { start: (wish) => platform.runOnce(actor, app, wish), note }).catch((error: unknown) => {
    log.error({ app: app.name, reason: messageOf(error) }, "run failed");
    client.terminate();
  });
}
