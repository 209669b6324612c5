import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { processesIn } from "../../support/find-processes";
import { commitFiles } from "../../support/git-server";
import { RepositoryStage } from "./repository-stage";

const main = "refs/heads/main";
const none = "0".repeat(40);

const stage = RepositoryStage.use();

describe("refs", () => {
  let first: string;
  let second: string;
  beforeAll(async () => {
    first = await stage.bring(await commitFiles(stage.checkout, { r: "1" }));
    second = await stage.bring(await commitFiles(stage.checkout, { r: "2" }));
  });
  beforeEach(() => stage.repositories.deleteRef("app", main));

  test("descent", async () => {
    expect(await stage.repositories.descends("app", second, first)).toBe(true);
    expect(await stage.repositories.descends("app", second, second)).toBe(true);
    expect(await stage.repositories.descends("app", first, second)).toBe(false);
    expect(await stage.repositories.descends("app", first, "1".repeat(40))).toBe(false);
    expect(await stage.repositories.isShallow("app")).toBe(false);
  });

  test("prepare, commit; prepare, abort", async () => {
    const created = await stage.repositories.prepareRef("app", main, none, first);
    expect(await stage.repositories.tip("app", main)).toBeNull();
    await created.commit();
    expect(await stage.repositories.tip("app", main)).toBe(first);
    const moved = await stage.repositories.prepareRef("app", main, first, second);
    await moved.abort();
    await moved.abort();
    expect(await stage.repositories.tip("app", main)).toBe(first);
    await stage.repositories.setRef("app", main, second);
    expect(await stage.repositories.tip("app", main)).toBe(second);
    await stage.repositories.deleteRef("app", main);
    await stage.repositories.deleteRef("app", main);
  });

  test("what cannot be prepared is a conflict with its reason", async () => {
    await expect(stage.repositories.prepareRef("app", main, first, second)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("does not exist any more"),
    });
    await stage.repositories.setRef("app", main, first);
    await expect(stage.repositories.prepareRef("app", main, none, second)).rejects.toThrow("has moved to");
    await expect(stage.repositories.prepareRef("app", `${main}/sub`, none, second)).rejects.toThrow(
      `cannot exist beside ${main}`,
    );
    const holder = await stage.repositories.prepareRef("app", main, first, second);
    await expect(stage.repositories.prepareRef("app", main, first, second)).rejects.toThrow(
      "is locked by another push",
    );
    await holder.abort();
  });

  test("names that are none never reach git", async () => {
    for (const ref of [
      "main",
      "refs/heads/",
      "refs/heads/a b",
      "refs/heads/a..b",
      "refs/heads/a.lock",
      "refs/heads/a\nb",
      "--all",
      "refs/heads/../../x",
    ])
      await expect(stage.repositories.tip("app", ref)).rejects.toMatchObject({ code: "invalid" });
    await expect(stage.repositories.setRef("app", main, "HEAD")).rejects.toMatchObject({ code: "invalid" });
  });

  test("a git process that was killed with the lock leaves none", async () => {
    for (const end of ["commit", "abort"] as const) {
      const prepared = await stage.repositories.prepareRef("app", main, none, first);
      for (const { pid } of processesIn(join(stage.directory, "repositories"))) process.kill(pid, "SIGKILL");
      if (end === "commit") await expect(prepared.commit()).rejects.toMatchObject({ code: "internal" });
      else await prepared.abort();
      await stage.repositories.setRef("app", main, first);
      await stage.repositories.deleteRef("app", main);
    }
  });

  test("a lock whose owner was killed goes at the next start, one whose server was killed goes by itself", async () => {
    const lock = join(stage.repositories.path("app"), `${main}.lock`);
    await mkdir(join(stage.repositories.path("app"), "refs/heads"), { recursive: true });
    await writeFile(lock, "");
    await expect(stage.repositories.prepareRef("app", main, none, first)).rejects.toThrow("is locked");
    await stage.repositories.removeStaleLocks("app");
    await expect(access(lock)).rejects.toThrow();

    const stdin = `start\nupdate ${main} ${first} ${none}\nprepare\n`;
    const program = `const c = require("child_process").spawn("git", ["update-ref", "--stdin"], { cwd: process.argv[1], detached: true, stdio: ["pipe", "pipe", "inherit"] });
      c.stdin.write(process.argv[2]); c.stdout.on("data", (d) => { if (String(d).includes("prepare: ok")) process.kill(process.pid, "SIGKILL"); });
      console.log(c.pid);`;
    const server = spawn(process.execPath, ["-e", program, stage.repositories.path("app"), stdin], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(server, "exit");
    // The orphan reads end-of-file and rolls back; the next prepare succeeds as soon as it has.
    for (;;) {
      const prepared = await stage.repositories
        .prepareRef("app", main, none, first)
        .catch((error: unknown) => error);
      if (prepared instanceof Error) expect(prepared.message).toContain("locked");
      else {
        await (prepared as { abort(): Promise<void> }).abort();
        break;
      }
    }
  });
});
