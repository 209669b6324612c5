import { readdir, readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import type { Report } from "./report";
import { rounded } from "./stats";

interface ProcessMemory {
  name: string;
  /** Resident pages, shared ones counted in full, and (PSS) divided among those who share them; MiB. */
  rss: number;
  pss: number;
}

/** How long an idle platform is left alone before it is measured: start-up garbage is collected by then. */
const settleMs = 15_000;

/** Idle memory of every process of a platform: supervisor, roles, PostgreSQL with its backends, Redis. */
export async function benchMemory({ env, say }: BenchOptions): Promise<Report> {
  say("Starting a platform");
  const platform = await startPlatform(env);
  try {
    say(`Leaving it alone for ${settleMs / 1_000} s`);
    await pause(settleMs);
    return reportOf(await processesOf(platform));
  } finally {
    await platform.stop();
  }
}

function reportOf(processes: ProcessMemory[]): Report {
  const total = (key: "rss" | "pss") =>
    rounded(
      processes.reduce((sum, each) => sum + each[key], 0),
      1,
    );
  const row = (each: ProcessMemory) => [each.name, each.pss.toFixed(1), each.rss.toFixed(1)];
  return {
    table: [
      ["process", "PSS MiB", "RSS MiB"],
      ...processes.sort((a, b) => b.pss - a.pss).map(row),
      ["all (goal: 250)", String(total("pss")), String(total("rss"))],
    ],
    figures: { bench: "memory", processes: processes.length, pssMiB: total("pss"), rssMiB: total("rss") },
  };
}

/** Our processes and their children: those whose environment, arguments or working directory name our data directory. */
async function processesOf(platform: BenchPlatform): Promise<ProcessMemory[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map((pid) => look(pid, platform.dataDir)));
  const seen = all.filter((each) => each !== null);
  const ours = new Set(seen.filter((each) => each.names).map((each) => each.pid));
  for (let grew = true; grew; ) {
    const children = seen.filter((each) => ours.has(each.parent) && !ours.has(each.pid));
    for (const child of children) ours.add(child.pid);
    grew = children.length > 0;
  }
  const found = await Promise.all(seen.filter((each) => ours.has(each.pid)).map(measure));
  return found.filter((each) => each !== null);
}

interface Seen {
  pid: string;
  parent: string;
  command: string;
  names: boolean;
}

/** Null for a process that ended meanwhile, and for this bench itself. */
async function look(pid: string, dataDir: string): Promise<Seen | null> {
  if (Number(pid) === process.pid) return null;
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const [environ, cmdline, stat] = await Promise.all([read("environ"), read("cmdline"), read("stat")]);
  const parent = stat.replace(/^.*\) /s, "").split(" ")[1] ?? "";
  const command = cmdline.split("\0").filter(Boolean).slice(0, 3).join(" ");
  return command === "" ? null : { pid, parent, command, names: `${environ}\0${cmdline}`.includes(dataDir) };
}

async function measure({ pid, command }: Seen): Promise<ProcessMemory | null> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const mebibytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0) / 1_024;
  return rollup === "" ? null : { name: command.slice(0, 70), rss: mebibytes("Rss"), pss: mebibytes("Pss") };
}
