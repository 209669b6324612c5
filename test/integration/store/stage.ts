import type { App } from "../../../core/app";
import { Sensitive } from "../../../core/env";
import { newId } from "../../../core/id";
import type { Database } from "../../../server/store/database";
import type { Draft } from "../../../server/store/release-draft";
import type { Store } from "../../../server/store/store";
import { TestDatabase } from "../../support/database";

export const image = { id: "sha256:1", ref: "paas/x:1", madeBy: "dockerfile", port: 5000 } as const;
export const refuse = { whenPending: "refuse" } as const;

/** What a release of a change of config is made of. */
export const draft = (change: Partial<Draft> = {}): Draft => ({
  buildId: null,
  image,
  commit: "c".repeat(40),
  ref: null,
  processTypes: { web: { command: "serve" }, worker: { command: "work" } },
  healthChecks: {},
  cron: [],
  config: new Sensitive({ SECRET: "s3cret-value" }),
  reason: "config",
  description: "Set SECRET config vars",
  actor: "tester",
  ...change,
});

/** A store on a database of its own. */
export class StoreStage {
  server!: TestDatabase;
  database!: Database;
  store!: Store;

  /** One for the tests of a file. */
  static use(): StoreStage {
    const stage = new StoreStage();
    beforeAll(() => stage.#open(), 60_000);
    afterAll(() => stage.server?.close());
    return stage;
  }

  /** An app that no other test knows. */
  newApp(): Promise<App> {
    return this.store.apps.create(`app-${newId(8)}`, "tester");
  }

  async #open(): Promise<void> {
    this.server = await TestDatabase.start();
    Object.assign(this, await this.server.openStore());
  }
}
