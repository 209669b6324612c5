import type { App } from "../../core/app";
import { AcmeHttp } from "../../server/acme/acme-http";
import { Renewals, type RenewalWorld } from "../../server/acme/renewals";
import type { Store } from "../../server/store/store";
import { AcmeAuthority } from "./acme-authority";
import { TestDatabase } from "./database";

/** What renewals need around them, real: a ledger and an authority; one app, `shop`, that wants certificates; and a clock that can be put ahead. */
export class AcmeRig {
  readonly logged: string[] = [];
  readonly tlsChallenges = new Map<string, string>();
  /** What happens when a new table is published. */
  publish = (): Promise<void> => Promise.resolve();
  renewals!: Renewals;
  shop!: App;
  #aheadMs = 0;

  private constructor(
    readonly authority: AcmeAuthority,
    readonly store: Store,
    readonly database: TestDatabase,
  ) {}

  /** `challengePort` is where the authority asks, by http and by TLS. */
  static async start(challengePort: number): Promise<AcmeRig> {
    const database = await TestDatabase.start();
    const { store } = await database.openStore();
    const rig = new AcmeRig(await AcmeAuthority.start(challengePort), store, database);
    rig.renewals = rig.open();
    await rig.renewals.ensureKey();
    const app = await store.apps.create("shop", "tester");
    const { tls } = await store.apps.changeTls(app.id, "tester", (policy) => ({ ...policy, auto: true }));
    rig.shop = { ...app, tls };
    return rig;
  }

  /** As a server that starts does. */
  open(more: Partial<RenewalWorld> = {}): Renewals {
    const say = (particulars: object, message: string) =>
      void this.logged.push(`${message} ${JSON.stringify(particulars)}`);
    return new Renewals({
      store: this.store,
      http: new AcmeHttp(this.authority.root.certificate, "test"),
      directoryUrl: this.authority.directoryUrl,
      email: "ops@shop.test",
      dnsServer: this.authority.dnsServer,
      challenge: "http-01",
      dns: null,
      tlsChallenges: this.tlsChallenges,
      platformDomain: "localhost",
      publish: () => this.publish(),
      log: { debug: say, info: say, warn: say, error: say },
      now: () => this.now(),
      ...more,
    });
  }

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  async add(...hostnames: string[]): Promise<void> {
    for (const hostname of hostnames)
      await this.store.domains.add(this.shop.id, hostname, "tester", () => undefined);
  }

  async drop(hostname: string): Promise<void> {
    await this.store.domains.remove(this.shop.id, hostname, "tester");
  }

  async orderOf(hostname: string) {
    const order = (await this.store.acme.ordersOf(this.shop.id)).find((one) => one.hostname === hostname);
    if (!order) throw new Error(`no order for ${hostname}`);
    return order;
  }

  async certificateOf(hostname: string) {
    const certificates = await this.store.certificates.list(this.shop.id);
    return certificates.find(({ hostnames }) => hostnames.includes(hostname));
  }

  /** A look at a later time, at which everything may be due. */
  async passAt(at: Date): Promise<void> {
    this.#aheadMs = Math.max(this.#aheadMs, at.getTime() - Date.now() + 1_000);
    await this.renewals.pass();
  }

  async close(): Promise<void> {
    await this.renewals.close();
    await this.authority.stop();
    await this.database.close();
  }
}
