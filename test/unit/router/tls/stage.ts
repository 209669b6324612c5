import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { certificateKeyPurpose } from "../../../../core/certificate";
import { Sensitive } from "../../../../core/env";
import type { TableChange } from "../../../../core/route-table";
import { seal, subKey } from "../../../../core/sealed";
import { factsOf } from "../../../../router/front";
import { Certificates } from "../../../../router/tls/certificates";
import { SecureDoor } from "../../../../router/tls/secure-door";
import { CertificateMaker, type Issued } from "../../../support/certificates";
import { Rig } from "../../../support/router-rig/rig";
import type { RigOptions } from "../../../support/router-rig/router-parts";

const secretKey = new Sensitive("ab".repeat(32));
const key = subKey(secretKey, certificateKeyPurpose);

export const table = (certificates: Record<string, string>): TableChange => ({
  from: 0,
  version: 1,
  apps: {},
  certificates,
});

/** Certificates of two apps, a router, and doors that speak TLS before it. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), "paas-tls-"));
  readonly logged: string[] = [];
  readonly #say = (particulars: object, message: string) =>
    void this.logged.push(`${message} ${JSON.stringify(particulars)}`);
  readonly log = { debug: this.#say, info: this.#say, warn: this.#say, error: this.#say };
  readonly #maker = new CertificateMaker();
  readonly root = this.#maker.issue("Root", { authority: true });
  readonly #shop = this.#maker.issue("shop", {
    by: this.root,
    hostnames: ["shop.localhost", "*.shop.example"],
  });
  readonly #blog = this.#maker.issue("blog", {
    by: this.root,
    hostnames: ["blog.localhost"],
    newKey: "rsa:2048",
  });
  rig!: Rig;
  #doors: SecureDoor[] = [];

  /** One for the tests of a file; router and doors are each test's own. */
  static use(): Stage {
    const stage = new Stage();
    beforeEach(async () => {
      stage.logged.length = 0;
      stage.rig = await new Rig().listen();
    });
    afterEach(() => stage.#close());
    afterAll(() => {
      stage.#maker.clean();
      rmSync(stage.directory, { recursive: true, force: true });
    });
    return stage;
  }

  /** Puts a router with other options in the place of the test's. */
  async reopen(options: RigOptions): Promise<void> {
    await this.rig.close();
    this.rig = await new Rig(options).listen();
  }

  shelf(name: string, sealKey: Buffer | null = key): Certificates {
    return new Certificates({ directory: join(this.directory, name), key: sealKey, log: this.log });
  }

  /** Certificates by id: of shop, of blog, and one that nobody can open. */
  async stocked(name: string): Promise<Certificates> {
    const certificates = this.shelf(name);
    const wrong = seal(subKey(secretKey, "another purpose"), "{}", "broken").toString("base64");
    await certificates.keep(
      new Map([
        ["shop1", sealed(this.#shop, "shop1")],
        ["blog1", sealed(this.#blog, "blog1")],
        ["broken", wrong],
      ]),
    );
    certificates.take(
      table({
        "shop.localhost": "shop1",
        "*.shop.example": "shop1",
        "blog.localhost": "blog1",
        "bad.localhost": "broken",
        "gone.localhost": "gone",
      }),
    );
    return certificates;
  }

  /** Opens a door; resolves with its port. */
  async open(certificates: Certificates, port = 0, proxied = false): Promise<number> {
    const { rig } = this;
    const door = new SecureDoor({
      host: "127.0.0.1",
      port,
      certificates,
      patienceMs: Number.POSITIVE_INFINITY,
      ticketDirectory: join(this.directory, "tickets"),
      handshakeMs: 5_000,
      onConnection: (socket) => rig.front.accept(socket, factsOf(socket, "https", rig.heads)),
      log: this.log,
    });
    this.#doors.push(door);
    if (proxied) rig.heads.guard(door.server);
    await door.openIfNeeded();
    return (door.server.address() as AddressInfo).port;
  }

  /** Resolves with the connection, or the code of what ended it. */
  async dial(port: number, servername: string, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
    const socket = connect({ host: "127.0.0.1", port, servername, ca: this.root.certificate, ...options });
    return new Promise((resolve) => {
      socket.once("secureConnect", () => resolve(socket));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  }

  /** Whose certificate a name gets, or the code of what ended it. */
  async nameServed(port: number, servername: string): Promise<string> {
    const socket = await this.dial(port, servername);
    if (typeof socket === "string") return socket;
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(CN);
  }

  async #close(): Promise<void> {
    await this.rig.close();
    for (const door of this.#doors.splice(0)) {
      door.stop();
      if (door.server.listening) await new Promise((resolve) => door.server.close(resolve));
    }
  }
}

const sealed = ({ certificate, key: own }: Issued, id: string): string =>
  seal(key, JSON.stringify({ chain: certificate, key: own }), id).toString("base64");
