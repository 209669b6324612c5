import { readFileSync } from "node:fs";
import { isPaasError, messageOf } from "../../core/error";
import type { PlatformStatus } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import type { Session } from "../session";
import { columns, fields } from "../table";

interface Supervised {
  pid: number;
  roles: { name: string; pid: number; restarts: number }[];
}

export const command = defineCommand({
  words: "",
  flags: jsonFlag,
  about: "Exits with 75 while the platform does not answer.",
  async run(session, _words, flags) {
    const [status, supervised] = [await platformStatus(session), readSupervised(session)];
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

function readSupervised({ world }: Session): Supervised | null {
  try {
    const read = JSON.parse(readFileSync(world.settings.supervisorFile, "utf8")) as Partial<Supervised>;
    return typeof read.pid === "number" && Array.isArray(read.roles)
      ? { pid: read.pid, roles: read.roles }
      : null;
  } catch (error) {
    // Another machine's platform, another user's, or none: then the API's word is all there is.
    if (
      error instanceof SyntaxError ||
      ["ENOENT", "EACCES"].includes(String((error as NodeJS.ErrnoException).code))
    )
      return null;
    throw error;
  }
}

function supervisedLines(supervised: Supervised | null): string[] {
  if (!supervised) return [];
  const rows = supervised.roles.map(({ name, pid, restarts }) => [
    name,
    `${alive(pid) ? "runs" : "gone"}, pid ${pid}`,
    `${restarts} restarts`,
  ]);
  return [
    "",
    `=== Roles (supervisor pid ${supervised.pid}${alive(supervised.pid) ? "" : ", gone"})`,
    "",
    ...columns(rows),
  ];
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
