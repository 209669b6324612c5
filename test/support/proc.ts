import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const listening = "0A";

/** Ports that processes listen on over TCP, at whatever address. */
export function listeningPorts(pids: number[]): number[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  const rows = ["tcp", "tcp6"].flatMap((file) => read(`/proc/self/net/${file}`).split("\n").slice(1));
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode = ""] = row.trim().split(/\s+/);
    return state === listening && inodes.has(inode) ? [Number.parseInt(local.split(":")[1] ?? "", 16)] : [];
  });
}

/** Pid and arguments of every process of this host, as `ps -ef` shows them. */
export function commandLines(): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`)}`.replaceAll("\0", " "));
}

/** Environment of a process, `NAME=value` each. */
export const environmentOf = (pid: number): string[] =>
  read(`/proc/${pid}/environ`).split("\0").filter(Boolean);

function socketInodes(pid: number): string[] {
  const links = unlessGone(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) =>
    unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

const read = (file: string): string => unlessGone(() => readFileSync(file, "utf8"), "");

/** A process can end while it is looked at. */
function unlessGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return otherwise;
    throw error;
  }
}
