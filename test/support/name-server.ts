import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackage } from "./install-package";

/** A zone's own name server: Debian's nsd with one zone file. `stop` leaves nothing of it. */
export class NameServer {
  readonly #directory = mkdtempSync(join(tmpdir(), "paas-nsd-"));
  readonly #zone: string;
  #child: ChildProcess | undefined;
  #serial = 1;

  constructor(
    zone: string,
    readonly address: string,
    readonly port: number,
  ) {
    if (!existsSync("/usr/sbin/nsd")) installPackage("nsd");
    this.#zone = zone;
  }

  /** `records` are lines of a zone file; names are below the zone. */
  async start(records: string[]): Promise<this> {
    this.#write(records);
    const file = join(this.#directory, "nsd.conf");
    writeFileSync(file, this.#configuration());
    const child = spawn("/usr/sbin/nsd", ["-d", "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    child.stderr?.setEncoding("utf8");
    for (let said = ""; !said.includes("nsd started"); ) {
      const [chunk] = (await once(child.stderr ?? child, "data")) as [string];
      said += chunk;
    }
    return this;
  }

  /** Serves other records from now on; it may take a moment. */
  serve(records: string[]): void {
    this.#write(records);
    this.#child?.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(records: string[]): void {
    this.#serial += 1;
    const soa = `@ 60 IN SOA ns1 admin ${this.#serial} 60 60 60 60`;
    writeFileSync(
      join(this.#directory, "zone"),
      `$ORIGIN ${this.#zone}.\n$TTL 60\n${[soa, ...records].join("\n")}\n`,
    );
  }

  #configuration(): string {
    const place = (name: string) => `"${join(this.#directory, name)}"`;
    return `
server:
  ip-address: ${this.address}@${this.port}
  username: ""
  database: ""
  pidfile: ${place("pid")}
  zonesdir: ${place("")}
  zonelistfile: ${place("zonelist")}
  xfrdfile: ${place("xfrd")}
  xfrdir: ${place("")}
  cookie-secret-file: ${place("cookie")}
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: ${this.#zone}
  zonefile: ${place("zone")}
`;
  }
}
