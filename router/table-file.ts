import { readFile } from "node:fs/promises";
import { z } from "zod";
import { invalid, isPaasError, messageOf } from "../core/error";
import type { HttpPolicy } from "../core/http-policy";
import { changeHttpSettings, checkRedirects, defaultHttpState, httpPolicyOf } from "../core/http-settings";
import { parseJson } from "../core/parse-json";
import type { AppRoute } from "../core/route";
import type { RouteTable } from "../core/route-table";

const hostSchema = z.strictObject({
  targets: z.array(z.string().regex(/:\d{1,5}$/)),
  /** Settings as `paas http:set` takes them, by name. */
  http: z.record(z.string(), z.string()).optional(),
});
type Host = z.infer<typeof hostSchema>;

const schema = z.strictObject({
  /** Hostname, `*.example.org`, or `*` for every other. */
  hosts: z.record(z.string(), hostSchema),
});

const example =
  '{"hosts": {"shop.example": {"targets": ["127.0.0.1:9001"], "http": {"rate": "100/s"}}, "*": {"targets": ["127.0.0.1:9002"]}}}';

/** The apps of the table in a file. Throws `invalid` when it cannot be read, or says what nobody could do. */
export async function readTableFile(file: string): Promise<RouteTable["apps"]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw invalid(`The table cannot be read: ${messageOf(cause)}`);
  });
  const read = schema.safeParse(parseJson(text));
  if (!read.success) throw invalid(`${file} is no table. It should read: ${example}`);
  const apps: Record<string, AppRoute> = {};
  for (const [hostname, host] of Object.entries(read.data.hosts)) {
    // Hosts with the same targets and settings are one app, and share its connections.
    const appId = [...host.targets, ...Object.entries(host.http ?? {}).map(String)].join(" ");
    apps[appId] ??= named(hostname, () => appOf(hostname, host));
    apps[appId].hosts.push(hostname);
  }
  for (const { name, http = {}, hosts } of Object.values(apps)) checkOwnHosts(name, http, hosts);
  return apps;
}

function appOf(name: string, { targets, http }: Host): AppRoute {
  const target = (place: string, index: number) => {
    const { host: address, port } = addressOf(place);
    return { instanceId: place, name: `web.${index + 1}`, node: "", address, port };
  };
  return {
    name,
    hosts: [],
    mode: "serve",
    targets: targets.map(target),
    ...(http && { http: policyOf(http) }),
  };
}

function policyOf(words: Readonly<Record<string, string>>): HttpPolicy {
  const page = Object.keys(words).find((name) => name.endsWith("-page"));
  if (page) throw invalid(`${page}: pages of apps' own are fetched by a platform, and here is none.`);
  return httpPolicyOf({ ...defaultHttpState, settings: changeHttpSettings({}, words) });
}

function checkOwnHosts(name: string, policy: HttpPolicy, hosts: readonly string[]): void {
  try {
    checkRedirects(policy, hosts);
  } catch {
    throw invalid(
      `${name}: canonical-host and redirects must name hosts with the same targets and settings.`,
    );
  }
}

/** Says of which host a fault is. */
function named<T>(host: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isPaasError(error) ? invalid(`${host}: ${error.message}`) : error;
  }
}

/** A host and its port, as in `127.0.0.1:9001` or `[::1]:9001`. */
export function addressOf(text: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  return { host: z.string().min(1).parse(host), port: z.number().max(65_535).parse(Number(port)) };
}
