import type { Finding } from "../../core/doctor";
import type { CliSettings } from "../world";
import { checkDataDir } from "./data-dir";
import { checkEngine } from "./engine";
import { checkApiPort, checkRouterPort } from "./ports";
import { isAlive, judgeSupervisor, readSupervised } from "./supervisor";

/** What this machine can tell of its platform while the server does not answer; `reason` is why it does not. */
export async function lookLocally(settings: CliSettings, reason: string): Promise<Finding[]> {
  const api = new URL(settings.localServer);
  const host = api.hostname.replace(/^\[|\]$/g, "");
  return [
    ...judgeSupervisor(readSupervised(settings.supervisorFile), isAlive),
    await checkApiPort(host, Number(api.port || 80), reason),
    await checkEngine(settings.dockerHost),
    checkDataDir(settings.dataDir),
    await checkRouterPort(host, settings.httpPort),
  ];
}
