import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { CertificateMaker, type Issued } from "./certificates";
import { freePorts } from "./free-port";
import { installPackage } from "./install-package";

/** What the authority is made to answer instead of its own answer. */
export interface Fault {
  status: number;
  type: string;
  detail: string;
  headers?: Record<string, string>;
}

/**
 * An ACME authority: Debian's pebble in strict mode, which refuses good nonces and takes its time to validate, with a DNS of its own and, before
 * it, a gate at which faults can be told that it does not know. `stop` leaves nothing of it.
 */
export class AcmeAuthority {
  readonly #maker = new CertificateMaker();
  readonly #children: ChildProcess[] = [];
  #gate: Server | undefined;
  #fault: ((path: string) => Fault | null) | null = null;
  #stale: ((path: string) => boolean) | null = null;
  readonly #answered = new Map<string, string>();
  #unheard: ((path: string) => boolean) | null = null;
  /** Paths that were asked for at the gate. */
  readonly asked: string[] = [];

  private constructor(
    readonly root: Issued,
    readonly ports: { gate: number; pebble: number; management: number; dns: number; dnsManagement: number },
  ) {}

  /** Where challenges are asked for: 80 and 443 elsewhere. */
  static async start(httpPort: number, tlsPort = httpPort): Promise<AcmeAuthority> {
    if (!existsSync("/usr/bin/pebble") || !existsSync("/usr/bin/pebble-challtestsrv"))
      installPackage("pebble");
    const [gate = 0, pebble = 0, management = 0, dns = 0, dnsManagement = 0] = await freePorts(5);
    const maker = new CertificateMaker();
    const root = maker.issue("Authority's own", { authority: true });
    maker.clean();
    const authority = new AcmeAuthority(root, { gate, pebble, management, dns, dnsManagement });
    await authority.#run(httpPort, tlsPort);
    return authority;
  }

  get directoryUrl(): string {
    return `https://localhost:${this.ports.gate}/dir`;
  }

  get dnsServer(): string {
    return `127.0.0.1:${this.ports.dns}`;
  }

  /** The root by which its web server is known, as a file. */
  get rootFile(): string {
    return this.#maker.file(this.root.certificate);
  }

  /** The root of the certificates that it issues, PEM. */
  async issuingRoot(): Promise<string> {
    const place = {
      host: "127.0.0.1",
      port: this.ports.management,
      path: "/roots/0",
      ca: this.root.certificate,
    };
    const [response] = await once(request({ ...place, servername: "localhost" }).end(), "response");
    return text(response);
  }

  /** Lets a hostname lead to 127.0.0.1. */
  lead = (host: string) => this.#dns("/add-a", { host: `${host}.`, addresses: ["127.0.0.1"] });
  /** DNS answers SERVFAIL for it, until it is to be well again. */
  servfail = (host: string) => this.#dns("/set-servfail", { host: `${host}.` });
  well = (host: string) => this.#dns("/clear-servfail", { host: `${host}.` });

  /** The URL at which its DNS is told what to answer, such as `/set-txt`. */
  get dnsManagementUrl(): string {
    return `http://127.0.0.1:${this.ports.dnsManagement}`;
  }

  /** Answers by `fault` where that is not null. */
  failBy(fault: ((path: string) => Fault | null) | null): void {
    this.#fault = fault;
  }

  /** Lets the authority hear requests of such paths, but not us its answer, as when we die meanwhile. */
  loseAnswers(to: ((path: string) => boolean) | null): void {
    this.#unheard = to;
  }

  /** Answers such paths as it did the last time. */
  repeatAnswers(to: ((path: string) => boolean) | null): void {
    this.#stale = to;
  }

  /** Nobody is there (false), or somebody again. */
  async reachable(is: boolean): Promise<void> {
    const gate = this.#gate;
    if (!gate || gate.listening === is) return;
    if (is) await once(gate.listen(this.ports.gate, "127.0.0.1"), "listening");
    else {
      gate.closeAllConnections();
      await new Promise((resolve) => gate.close(resolve));
    }
  }

  async stop(): Promise<void> {
    await this.reachable(false);
    for (const child of this.#children) {
      const ended = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await ended;
    }
    this.#maker.clean();
  }

  async #run(httpPort: number, tlsPort: number): Promise<void> {
    const { pebble, management, dns, dnsManagement } = this.ports;
    const own = this.#maker.issue("localhost", { by: this.root, hostnames: ["localhost"] });
    const config = {
      listenAddress: `127.0.0.1:${pebble}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: this.#maker.file(own.certificate),
      privateKey: this.#maker.file(own.key),
      httpPort,
      tlsPort,
    };
    const configFile = join(this.#maker.directory, "pebble.json");
    writeFileSync(configFile, JSON.stringify({ pebble: config }));
    const none = ["-http01", "", "-https01", "", "-tlsalpn01", ""];
    this.#spawn("pebble-challtestsrv", [
      ...["-defaultIPv4", "", "-defaultIPv6", "", "-dns01", `127.0.0.1:${dns}`, ...none],
      ...["-management", `127.0.0.1:${dnsManagement}`],
    ]);
    this.#spawn("pebble", ["-config", configFile, "-strict", "-dnsserver", `127.0.0.1:${dns}`], {
      PEBBLE_WFE_NONCEREJECT: "30",
      PEBBLE_VA_SLEEPTIME: "2",
    });
    await untilAnswered(() => this.issuingRoot());
    await untilAnswered(() => this.#dns("/clear-servfail", { host: "none." }));
    this.#gate = this.#openGate(own);
    await this.reachable(true);
  }

  #spawn(program: string, argv: string[], env: Record<string, string> = {}): void {
    this.#children.push(
      spawn(program, argv, { stdio: "ignore", env: { PATH: process.env.PATH ?? "", ...env } }),
    );
  }

  /** Passes on what is asked, Host included, so that the URLs in answers lead here. */
  #openGate(own: Issued): Server {
    return createServer({ cert: own.certificate, key: own.key }, (incoming, response) => {
      const path = incoming.url ?? "/";
      this.asked.push(path);
      const fault = this.#fault?.(path);
      if (fault) {
        const { status, detail, headers } = fault;
        response.writeHead(status, {
          "Content-Type": "application/problem+json",
          "Replay-Nonce": "bm9uY2U",
          ...headers,
        });
        response.end(JSON.stringify({ type: `urn:ietf:params:acme:error:${fault.type}`, detail }));
        return;
      }
      const { method, headers } = incoming;
      const place = {
        host: "127.0.0.1",
        port: this.ports.pebble,
        path,
        method,
        headers,
        ca: this.root.certificate,
      };
      const passed = request({ ...place, servername: "localhost" }, (answer) => {
        if (this.#unheard?.(path)) {
          answer.resume();
          response.destroy();
          return;
        }
        void this.#relay(path, answer, response);
      });
      passed.on("error", () => response.destroy());
      incoming.pipe(passed);
    });
  }

  async #relay(path: string, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const news = await text(answer);
    // A refused nonce is answered as such: the client asks again.
    const isAnswer = answer.statusCode === 200;
    const body = (isAnswer && this.#stale?.(path) && this.#answered.get(path)) || news;
    if (isAnswer) this.#answered.set(path, body);
    const { "content-length": _length, "transfer-encoding": _encoding, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, headers);
    response.end(body);
  }

  async #dns(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.dnsManagementUrl}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}

async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1)
    try {
      await ask();
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await delay(50);
    }
}
