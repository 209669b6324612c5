import { readFileSync } from "node:fs";
import { invalid, PaasError } from "../core/error";
import { readLogin } from "./login-file";
import type { CliSettings } from "./world";

/** A platform's API and the token for it. */
export interface Server {
  /** Origin without a trailing slash, e.g. http://127.0.0.1:8081 */
  url: string;
  token: string;
  /** Where the token was found, as people are told when it is refused. */
  tokenFrom: string;
}

/**
 * Which platform is meant: PAAS_SERVER and PAAS_TOKEN, else the stored login, else the platform of this machine with its admin
 * token. A token never goes to another server than the one it was given for.
 */
export function chooseServer(settings: CliSettings): Server {
  const login = readLogin(settings.configDir);
  const local = serverUrl(settings.localServer);
  const url = settings.server ? serverUrl(settings.server) : (login?.server ?? local);
  if (settings.token) return { url, token: settings.token, tokenFrom: "PAAS_TOKEN" };
  if (login?.server === url) return { url, token: login.token, tokenFrom: "your login" };
  if (url === local) return { url, token: adminToken(settings), tokenFrom: settings.adminTokenFile };
  throw new PaasError(
    "unauthorized",
    `There is no token for ${url}: run paas login ${url}, or set PAAS_TOKEN.`,
  );
}

/** Normalises an address people give; throws `invalid` unless it is a bare http(s) address. */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== "/" ||
    url.search ||
    url.hash ||
    url.username ||
    url.password
  )
    throw invalid("A server is an address such as https://paas.example.com, without path, user or password.");
  return url.origin;
}

function adminToken({ adminTokenFile, localServer }: CliSettings): string {
  try {
    return readFileSync(adminTokenFile, "utf8").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES")
      throw new PaasError(
        "unauthorized",
        `The platform of this machine belongs to another user (${adminTokenFile} cannot be read): run paas login ${localServer} with a token of your own.`,
      );
    if (code === "ENOENT")
      throw new PaasError(
        "unauthorized",
        `You are not logged in, and no platform was started on this machine (${adminTokenFile} is missing): run paas up, or paas login https://your-server.`,
      );
    throw error;
  }
}
