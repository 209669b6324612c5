import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { AddressRanges } from "../core/address-ranges";
import { invalid, messageOf } from "../core/error";
import type { Logger } from "../core/logger";
import type { RouteTable } from "../core/route";
import { DataPath } from "./data-path";
import { LineWriter } from "./line-writer";
import { listen } from "./listener";

const usage = "Usage: paas router --listen 127.0.0.1:8080 --table FILE";

const schema = z.object({
  /** Hostname, `*.example.org`, or `*` for every other, to the apps' addresses. */
  hosts: z.record(z.string(), z.object({ targets: z.array(z.string().regex(/:\d{1,5}$/)) })),
});

export interface Standalone {
  /** Reads the table's file again; throws `invalid`, and goes on by the old table, if it cannot be read. */
  reload(): Promise<void>;
  /** Lets what is in flight end. */
  end(): Promise<void>;
}

/**
 * A router of its own, by a table in a file, without a platform and without Redis: `{"hosts": {"*": {"targets": ["127.0.0.1:9001"]}}}`.
 * Access lines go to `out`. Resolves when it listens; throws `invalid` for words or a table that it does not understand.
 */
export async function runStandalone(
  args: string[],
  out: NodeJS.WritableStream,
  log: Logger,
): Promise<Standalone> {
  const { address, file } = readWords(args);
  const accessLog = new LineWriter(out);
  const path = new DataPath({
    platform: undefined,
    https: { port: 443, serves: () => false },
    proxies: new AddressRanges([]),
    onIdle: () => undefined,
    log: ({ line }) => accessLog.add(line),
  });
  const reload = async () => {
    path.table.take(await readTable(file, path.table.version + 1));
    log.info({ version: path.table.version }, "took the table");
  };
  await reload();
  await listen(path.front.server, { ...address, patienceMs: 0, onHeld: () => undefined });
  log.info(address, "listening");
  const end = async () => {
    await path.end();
    accessLog.flush();
  };
  return { reload, end };
}

function readWords(args: string[]): { address: { host: string; port: number }; file: string } {
  try {
    const options = { listen: { type: "string" }, table: { type: "string" } } as const;
    const { values } = parseArgs({ args, options });
    return { address: addressOf(values.listen ?? ""), file: z.string().min(1).parse(values.table) };
  } catch {
    throw invalid(usage);
  }
}

function addressOf(text: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  return { host: z.string().min(1).parse(host), port: z.number().max(65_535).parse(Number(port)) };
}

/** The table in a file, under a version. */
async function readTable(file: string, version: number): Promise<RouteTable> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw invalid(`The table cannot be read: ${messageOf(cause)}`);
  });
  const read = schema.safeParse(parseJson(text));
  if (!read.success)
    throw invalid(`${file} is no table. It should read: {"hosts": {"*": {"targets": ["127.0.0.1:9001"]}}}`);
  const hosts: RouteTable["hosts"] = {};
  const apps: RouteTable["apps"] = {};
  for (const [host, { targets }] of Object.entries(read.data.hosts)) {
    // Hosts with the same targets are one app, and share its connections.
    const appId = targets.join(" ");
    hosts[host] = appId;
    apps[appId] ??= appOf(host, targets);
  }
  return { version, hosts, apps };
}

function appOf(host: string, targets: string[]): RouteTable["apps"][string] {
  const target = (place: string, index: number) => {
    const { host: address, port } = addressOf(place);
    return { instanceId: place, name: `web.${index + 1}`, node: "", address, port };
  };
  return { name: host, mode: "serve", targets: targets.map(target) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
