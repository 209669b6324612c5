import type { IncomingMessage } from "node:http";
import type { App } from "../../core/app";
import { notFound, PaasError } from "../../core/error";
import { type Actor, may } from "../../core/policy";
import type { GitDoor } from "./git-door";

export type Service = "upload-pack" | "receive-pack";

/** One of the four requests of git's smart HTTP protocol. */
export interface GitRequest {
  appName: string;
  service: Service;
  step: "advertise" | "exchange";
}

export interface Admitted extends GitRequest {
  actor: Actor;
  app: App;
}

/**
 * Lets a request in, or throws. Asked on EVERY request, since each can be sent without the others: 401 without a valid token, the
 * same for all addresses; 404 for what does not exist or must look so; 403 for what the actor sees but may not do.
 */
export async function admit(door: GitDoor, req: IncomingMessage): Promise<Admitted> {
  const token = tokenOf(req.headers.authorization);
  const actor = token === null ? null : await door.authenticate(token);
  if (!actor)
    throw new PaasError(
      "unauthorized",
      "Log in with an API token as the password: paas login, or paas git:remote.",
    );
  const request = parseGitRequest(req.method ?? "", req.url ?? "");
  const app = request ? await door.findApp(request.appName) : null;
  if (!request || !app) throw nothingHere();
  const verb = request.service === "receive-pack" ? "git:push" : "git:read";
  const answer = may(actor, verb, app.id);
  if (answer === "hidden") throw nothingHere();
  if (answer === "no")
    throw new PaasError(
      "forbidden",
      `${actor.name} may not push to ${app.name}: ask its owner for the role deployer.`,
    );
  return { ...request, actor, app };
}

const nothingHere = () =>
  notFound("There is no such repository, or you have no access to it: paas apps lists yours.");

const pathPattern =
  /^(?:\/git)?\/([a-z][a-z0-9-]{0,29})\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Reads a request line; null for anything but the four known ones, so dumb-protocol files, encoded slashes and `..` are nothing. */
export function parseGitRequest(method: string, url: string): GitRequest | null {
  const [path = "", query = "", ...more] = url.split("?");
  const [, appName, what] = pathPattern.exec(path) ?? [];
  if (appName === undefined || more.length > 0) return null;
  if (what === "info/refs") {
    const service = /^service=git-(upload-pack|receive-pack)$/.exec(query)?.[1] as Service | undefined;
    return method === "GET" && service ? { appName, service, step: "advertise" } : null;
  }
  if (method !== "POST" || query !== "") return null;
  return { appName, service: what === "git-upload-pack" ? "upload-pack" : "receive-pack", step: "exchange" };
}

/** The password of Basic credentials; the user name is ignored. Null when there is none. */
export function tokenOf(authorization: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const credentials = Buffer.from(encoded, "base64").toString("utf8");
  const colon = credentials.indexOf(":");
  return colon < 0 || colon === credentials.length - 1 ? null : credentials.slice(colon + 1);
}
