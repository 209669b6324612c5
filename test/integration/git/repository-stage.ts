import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Repositories } from "../../../server/repositories/repositories";
import { git, newCheckout } from "../../support/git-server";

/** The repository of one app, `app`, and a checkout to push to it from. */
export class RepositoryStage {
  directory!: string;
  repositories!: Repositories;
  checkout!: string;

  /** One for the tests of a file. */
  static use(): RepositoryStage {
    const stage = new RepositoryStage();
    beforeAll(() => stage.#open());
    afterAll(() => rm(stage.directory, { recursive: true, force: true }));
    return stage;
  }

  /** Brings a commit into the repository without a ref of its own. */
  async bring(commit: string): Promise<string> {
    const path = this.repositories.path("app");
    await git(this.checkout, "push", "-q", "-f", path, `${commit}:refs/heads/scratch`);
    return commit;
  }

  /** The checkout's commit. */
  async head(): Promise<string> {
    return (await git(this.checkout, "rev-parse", "HEAD")).text.trim();
  }

  async #open(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), "paas-repositories-"));
    this.repositories = new Repositories(join(this.directory, "repositories"));
    await this.repositories.open();
    await this.repositories.create("app");
    const files = { Procfile: "web: node a.js\n", "app.json": "{}" };
    this.checkout = await newCheckout(this.directory, "checkout", files);
  }
}
