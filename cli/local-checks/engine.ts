import { request } from "node:http";
import { type Finding, fault, well } from "../../core/doctor";

const patienceMs = 5_000;

/** Whether a Docker Engine answers at DOCKER_HOST. */
export async function checkEngine(dockerHost: string): Promise<Finding> {
  const reason = await ping(dockerHost);
  if (reason === null) return well("engine", `Docker answers at ${dockerHost}`);
  return fault("engine", {
    what: `Docker does not answer at ${dockerHost} (${reason})`,
    meaning: "Nothing can be built or started; with live-restore on, apps go on.",
    remedy:
      reason === "EACCES"
        ? "Run as root, or: usermod -aG docker <user>, and log in anew."
        : "Start it (systemctl start docker), or set DOCKER_HOST.",
  });
}

function ping(dockerHost: string): Promise<string | null> {
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : null;
  if (!url) return Promise.resolve("not an address");
  const place =
    url.protocol === "unix:" ? { socketPath: url.pathname } : { host: url.hostname, port: url.port || 2375 };
  return new Promise((resolve) => {
    const asked = request({ ...place, path: "/_ping", timeout: patienceMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? null : `HTTP ${answer.statusCode}`);
    });
    asked.once("timeout", () => asked.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    asked.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end();
  });
}
