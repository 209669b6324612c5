import { readdir, readFile } from "node:fs/promises";

/** Linux counts processor time in ticks of 10 ms. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process and its children have used. */
export async function cpuSeconds(pid: number): Promise<number> {
  return (await lookAt(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond;
}

/** A process and its children. */
export async function familyOf(pid: number): Promise<number[]> {
  return (await lookAt(pid)).map((seen) => seen.pid);
}

async function lookAt(pid: number): Promise<Seen[]> {
  const all = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(look));
  const seen = all.filter((each) => each !== null);
  const family = new Set([pid]);
  for (let grew = true; grew; ) {
    const children = seen.filter((each) => family.has(each.parent) && !family.has(each.pid));
    for (const child of children) family.add(child.pid);
    grew = children.length > 0;
  }
  return seen.filter((each) => family.has(each.pid));
}

interface Seen {
  pid: number;
  parent: number;
  ticks: number;
}

/** Null for a process that has ended meanwhile. */
async function look(pid: string): Promise<Seen | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat === null) return null;
  // The name in brackets may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
