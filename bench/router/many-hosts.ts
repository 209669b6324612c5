import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { freePort } from "../platform";
import { cpuSeconds } from "./cpu";
import { wrk } from "./load";
import { manyHosts, type Peer, type Place, peers } from "./peers";
import { end } from "./pinned";

export const hostCount = 10_000;
const rounds = 12;
const warmUps = 2;
const roundSeconds = 2;
const connections = 64;

/**
 * Scripts for wrk, by file: requests for hosts drawn at random among so many. No two heads in a row are the same, whatever the number of
 * hosts: the router does not read a head again that repeats the one before it, and that is not what is measured here.
 */
export const hostScripts: Readonly<Record<string, string>> = {
  "host.lua": hostScript(1),
  "hosts.lua": hostScript(hostCount),
};

interface Side {
  port: number;
  script: string;
  child: ChildProcess;
  requests: number;
  cpu: number;
}

/**
 * What 10,000 hosts in the table, all of them asked for, leave of the throughput that one host has: two routers on one core, loaded by
 * turns in rounds so short that what else the machine does falls on both alike.
 */
export async function hostsKept(
  place: Place,
  defer: (undo: () => Promise<unknown>) => void,
): Promise<number> {
  const begin = async (peer: Peer | undefined, script: string): Promise<Side> => {
    if (!peer) throw new Error("paas is the first of the peers");
    const own = { ...place, port: await freePort(), tlsPort: await freePort() };
    const child = await peer.start(own);
    defer(() => end(child));
    return { port: own.port, script: join(place.folder, script), child, requests: 0, cpu: 0 };
  };
  const [one, many] = [await begin(peers[0], "host.lua"), await begin(manyHosts, "hosts.lua")];
  for (let round = 0; round < warmUps + rounds; round += 1)
    for (const side of round % 2 === 0 ? [one, many] : [many, one]) await load(side, round >= warmUps);
  return many.requests / many.cpu / (one.requests / one.cpu);
}

async function load(side: Side, counts: boolean): Promise<void> {
  const { port, script, child } = side;
  const before = await cpuSeconds(child.pid ?? 0);
  const url = `http://127.0.0.1:${port}/small`;
  const { requests, failed } = await wrk({ url, connections, seconds: roundSeconds, script });
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`);
  if (!counts) return;
  side.requests += requests;
  side.cpu += (await cpuSeconds(child.pid ?? 0)) - before;
}

function hostScript(count: number): string {
  return `
math.randomseed(1)
request = function()
  local path = "/small?" .. math.random(0, ${hostCount - 1})
  return wrk.format("GET", path, {["Host"] = "app" .. math.random(0, ${count - 1}) .. ".example"})
end
`;
}
