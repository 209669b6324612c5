import { createConnection } from "node:net";
import { type Finding, fault, well } from "../../core/doctor";

const patienceMs = 2_000;

/** Whether something listens where the router should. */
export async function checkRouterPort(host: string, port: number): Promise<Finding> {
  if (await listens(host, port))
    return well("routes", `something listens at ${host}:${port}, the router's address`);
  return fault("routes", {
    what: `nothing listens at ${host}:${port}, the router's address`,
    meaning: "Apps cannot be reached.",
    remedy: "paas up starts it; see <data>/logs/router.log for why it ended. Another port: PAAS_HTTP_PORT.",
  });
}

/** The API itself did not answer; this tells a server that is down from one that hangs, or from another program. */
export async function checkApiPort(host: string, port: number, reason: string): Promise<Finding> {
  const there = await listens(host, port);
  return fault("server", {
    what: there ? `something listens at ${host}:${port}, but not as a paas API: ${reason}` : reason,
    meaning: "Apps go on, but nothing can be deployed, scaled or configured.",
    remedy: there
      ? `See what it is (ss -ltnp 'sport = :${port}') and <data>/logs/server.log.`
      : "paas up starts it; see <data>/logs/server.log for why it ended.",
  });
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: patienceMs });
    const done = (there: boolean) => () => {
      socket.destroy();
      resolve(there);
    };
    socket.once("connect", done(true));
    socket.once("timeout", done(false));
    socket.once("error", done(false));
  });
}
