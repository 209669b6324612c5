import { type FakePlatform, fakePlatform } from "../../../fakes/platform/platform";
import { adminToken, type Kept } from "../../../fakes/platform/world";
import { type ApiServer, startApi } from "../../../support/api-server";
import { type CliSession, expectGolden, openCli } from "../../../support/cli-session";

export const admin = { name: "admin", admin: true, apps: {} };
export const at = new Date("2026-11-20T10:00:00.000Z");

/** The CLI and the API it asks, with a fake platform behind them. */
export class CommandRig {
  platform!: FakePlatform;
  api!: ApiServer;
  cli!: CliSession;

  /** One for the tests of a file, opened anew for each of them. */
  static use(): CommandRig {
    const rig = new CommandRig();
    beforeEach(() => rig.#open());
    afterEach(() => rig.#close());
    return rig;
  }

  async #open(): Promise<void> {
    this.platform = fakePlatform();
    this.api = await startApi(this.platform);
    this.cli = openCli(this.api.url, adminToken);
  }

  async #close(): Promise<void> {
    this.cli.clean();
    await this.api.close();
  }

  /** Whole outputs, command by command, as people see them. */
  async golden(name: string, lines: string[][]): Promise<void> {
    const texts: string[] = [];
    for (const argv of lines) texts.push(await this.cli.transcript(argv));
    expectGolden(name, texts.join("\n"));
  }

  /** An app with two proven releases and one that failed. */
  addShop(): Kept {
    const shop = this.platform.add("shop", { config: { A: "1", LONGER: "it's $HOME" } });
    const processTypes = { web: { command: "node index.js" }, worker: { command: "node worker.js" } };
    const parts = { state: "proven" as const, processTypes };
    this.platform.release(shop, admin, parts);
    this.platform.release(shop, admin, { ...parts, reason: "config", description: "Set A config vars" });
    this.platform.release(shop, admin, {
      ...parts,
      state: "failed",
      failure: "web.1 did not listen on PORT",
      description: "Deploy 9f8e7d6",
    });
    shop.app.formation = { ...shop.app.formation, quantities: { web: 1, worker: 0 } };
    shop.logs.push(
      "2026-11-20T10:00:00.000Z app[web.1]: hello",
      "2026-11-20T10:00:01.000Z app[web.1]: again",
    );
    shop.builds.push({
      id: "b1",
      appId: shop.app.id,
      commit: "1a2b3c4d5e6f",
      ref: "refs/heads/main",
      oldCommit: "0".repeat(40),
      upload: null,
      status: "succeeded",
      actor: "admin",
      failure: null,
      result: null,
      createdAt: at,
      startedAt: at,
      finishedAt: at,
    });
    const instance = {
      type: "web",
      command: "node index.js",
      version: 2,
      exitCode: null,
      reason: null,
      lastLines: [],
      since: at.toISOString(),
    };
    shop.instances.push(
      { ...instance, name: "web.1", slot: 1, state: "up" },
      {
        ...instance,
        name: "web.2",
        slot: 2,
        state: "crashed",
        exitCode: 3,
        lastLines: ["1", "2", "3", "4", "no database", "bye"],
      },
    );
    return shop;
  }
}
