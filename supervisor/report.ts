import type { ErrorCode } from "../core/error";
import { platformHostname } from "../core/route";
import type { Settings } from "../core/settings";
import type { RoleNews } from "./roles/role-keeper";

/** What a background start tells whoever waits for it. */
export type StartMessage =
  | { news: RoleNews }
  | { ready: true }
  | { failed: { code: ErrorCode; message: string } };

/** News as a person reads it; undefined for what is not worth a line. */
export function newsLine(news: RoleNews): string | undefined {
  switch (news.what) {
    case "ready":
      return `${news.role} ${news.adopted ? "was running, goes on" : `ready (${seconds(news.tookMs)})`}`;
    case "ended":
      return `${news.role} ended (${news.how}), starting it again ${news.restartInMs === 0 ? "now" : `in ${seconds(news.restartInMs)}`}`;
    case "failing":
      return `${news.role} is not ready: ${news.how}`;
    case "stopped":
      return `${news.role} stopped`;
    case "unrecorded":
      return `The status file cannot be written: ${news.why}`;
    case "ballast":
      return news.how;
    default:
      return undefined;
  }
}

/** A line of the operator log, in the form the roles' own logs have (pino's). */
export function logLine(news: RoleNews, now: Date): string {
  const level =
    news.what === "ended" || news.what === "unrecorded" || news.what === "failing" || news.what === "ballast"
      ? 40
      : 30;
  return JSON.stringify({
    level,
    time: now.getTime(),
    pid: process.pid,
    ...news,
    msg: newsLine(news) ?? `${news.role} ${news.what}`,
  });
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Where to find what runs now. */
export function welcome({ domain, httpPort, apiPort, bind }: Settings): string {
  const port = httpPort === 80 ? "" : `:${httpPort}`;
  const apiHost =
    bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "[::1]" : bind.includes(":") ? `[${bind}]` : bind;
  return `The platform is running. Apps: http://<app>.${domain}${port} - API: http://${apiHost}:${apiPort} and http://${platformHostname(domain)}${port}`;
}
