import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type SecureVersion } from "node:tls";
import { CertificateMaker } from "../../support/certificates";
import { freePorts } from "../../support/free-port";

const main = join(__dirname, "../../../dist/router/main.js");
const folder = mkdtempSync(join(tmpdir(), "paas-resumption-"));
const maker = new CertificateMaker();
const { certificate, key } = maker.issue("shop", { hostnames: ["shop.test"] });
let router: ChildProcess;
let port: number;
beforeAll(async () => {
  const [http, https = 0] = await freePorts(2);
  port = https;
  const table = join(folder, "table.json");
  writeFileSync(table, JSON.stringify({ hosts: { "shop.test": { targets: ["127.0.0.1:1"] } } }));
  const words = [
    "--listen",
    `127.0.0.1:${http}`,
    "--table",
    table,
    "--https-port",
    `${https}`,
    "--workers",
    "2",
  ];
  const files = ["--certificate", maker.file(certificate), "--key", maker.file(key)];
  router = spawn(process.execPath, [main, ...words, ...files], { stdio: "ignore", env: {} });
  while (workers().length < 2 || !(await handshake("TLSv1.3").catch(() => null))) await delay(50);
}, 30_000);
afterAll(async () => {
  for (const worker of workers()) process.kill(worker, "SIGCONT");
  router.kill();
  await once(router, "exit");
  maker.clean();
  rmSync(folder, { recursive: true });
});

const workers = (): number[] =>
  readFileSync(`/proc/${router.pid}/task/${router.pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);

/** Connects, with a session if there is one; what the server gave for the next time, and whether it knew the one before. */
async function handshake(version: SecureVersion, session?: Buffer) {
  const place = { host: "127.0.0.1", port, servername: "shop.test", ca: certificate };
  const socket = connect({ ...place, maxVersion: version, ...(session && { session }) });
  const given = once(socket, "session") as Promise<[Buffer]>;
  given.catch(() => undefined);
  await once(socket, "secureConnect");
  const isReused = socket.isSessionReused();
  // A session that is resumed in TLS 1.2 may be given anew, or not.
  const next = isReused ? session : (await given)[0];
  socket.destroy();
  return { isReused, next };
}

/** The same while the other worker stands still, so that this one must answer. */
async function handshakeWith(worker: number, version: SecureVersion, session?: Buffer) {
  const others = workers().filter((pid) => pid !== worker);
  for (const other of others) process.kill(other, "SIGSTOP");
  try {
    return await handshake(version, session);
  } finally {
    for (const other of others) process.kill(other, "SIGCONT");
  }
}

test.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a session of %s is resumed by whichever worker answers",
  async (version) => {
    const [one = 0, two = 0] = workers();
    for (const [first, second] of [
      [one, two],
      [two, one],
    ] as const) {
      const begun = await handshakeWith(first, version);
      expect(begun.isReused).toBe(false);
      expect((await handshakeWith(second, version, begun.next)).isReused).toBe(true);
      expect((await handshakeWith(first, version, begun.next)).isReused).toBe(true);
    }
  },
);
