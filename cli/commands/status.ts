import { isPaasError, messageOf } from "../../core/error";
import type { PlatformStatus } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import { isAlive, readSupervised, type Supervised } from "../local-checks/supervisor";
import type { Session } from "../session";
import { columns, fields } from "../table";

export const command = defineCommand({
  words: "",
  flags: jsonFlag,
  about: "Exits with 75 while the platform does not answer.",
  async run(session, _words, flags) {
    const [status, supervised] = [
      await platformStatus(session),
      readSupervised(session.world.settings.supervisorFile),
    ];
    if (flags.json) session.printJson({ ...status, supervisor: supervised });
    else session.print(...platformLines(session, status), ...supervisedLines(supervised));
    return "reason" in status ? 75 : 0;
  },
});

async function platformStatus(session: Session): Promise<PlatformStatus | { reason: string }> {
  try {
    return await session.api.get<PlatformStatus>("/status");
  } catch (error) {
    if (isPaasError(error, "unavailable")) return { reason: messageOf(error) };
    throw error;
  }
}

function platformLines(session: Session, status: PlatformStatus | { reason: string }): string[] {
  if ("reason" in status) return ["=== Platform: down", "", status.reason];
  return [
    "=== Platform: up",
    "",
    ...fields([
      ["Server", session.api.server.url],
      ["Version", status.version],
      ["Apps", String(status.apps)],
      ["Engine", `Docker ${status.engine.version} (API ${status.engine.apiVersion})`],
      [
        "Routers",
        status.routers
          .map(({ routerId, version }) => `${routerId} at table ${version} of ${status.tableVersion}`)
          .join(", ") || "none",
      ],
    ]),
  ];
}

function supervisedLines(supervised: Supervised | null): string[] {
  if (!supervised) return [];
  const rows = supervised.roles.map(({ name, pid, restarts }) => [
    name,
    `${isAlive(pid) ? "runs" : "gone"}, pid ${pid}`,
    `${restarts} restarts`,
  ]);
  return [
    "",
    `=== Roles (supervisor pid ${supervised.pid}${isAlive(supervised.pid) ? "" : ", gone"})`,
    "",
    ...columns(rows),
  ];
}
