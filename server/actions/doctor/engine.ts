import { type Finding, warning, well } from "../../../core/doctor";
import type { EngineInfo } from "../../engines/engine";
import type { Check } from "./check";

export const engineCheck: Check = {
  name: "engine",
  look: async (ctx) => [judgeEngine(await ctx.engine.info())],
};

export function judgeEngine({ version, apiVersion, liveRestore }: EngineInfo): Finding {
  const what = `Docker ${version} (API ${apiVersion}) answers, live-restore is ${liveRestore ? "on" : "off"}`;
  if (liveRestore) return well("engine", what);
  return warning("engine", {
    what,
    meaning: "A restart or crash of the Docker Engine stops every app until it is back.",
    remedy: 'Put "live-restore": true into /etc/docker/daemon.json, then: kill -HUP $(pidof dockerd)',
  });
}
