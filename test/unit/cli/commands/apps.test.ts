import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { adminToken } from "../../../fakes/platform/world";
import { expectGolden } from "../../../support/cli-session";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("an empty platform tells the next step", () =>
  rig.golden("empty", [["apps"], ["apps", "--json"], ["whoami"], ["tokens"], ["apps:info", "shop"]]));

test("a new app tells the next step everywhere", async () => {
  rig.platform.add("shop");
  await rig.golden(
    "new-app",
    ["apps:info", "config", "ps", "ps:scale", "releases", "builds", "builds:output", "logs", "domains"].map(
      (name) => [name, "-a", "shop"],
    ),
  );
});

test("a new app by its name as Heroku's users give it", () =>
  rig.golden("create-by-flag", [["create", "-a", "blog", "--no-remote"]]));

test("listings", async () => {
  rig.addShop().domains.push("www.example.com");
  const names = ["apps:info", "ps", "ps:scale", "releases", "builds", "domains", "config", "logs"];
  await rig.golden("listings", [["apps"], ...names.map((name) => [name, "-a", "shop"])]);
  await rig.golden("listings-json", [
    ["apps", "--json"],
    ...["ps", "releases", "builds", "domains", "config"].map((name) => [name, "-a", "shop", "--json"]),
  ]);
});

test("destroy wants the name again", async () => {
  rig.addShop();
  await rig.golden("destroy", [
    ["destroy", "shop"],
    ["destroy", "shop", "--confirm", "other"],
    ["destroy", "shop", "--confirm", "shop"],
    ["destroy", "shop", "--confirm", "shop"],
  ]);
});

test("create adds the git remote; the token lies in git's own store, for this server alone", async () => {
  execFileSync("git", ["init", "-q", "--initial-branch=main", rig.cli.dir]);
  expectGolden("create", await rig.cli.transcript(["create", "shop"]));
  const configured = execFileSync(
    "git",
    ["-C", rig.cli.dir, "config", "--local", "--get-regexp", "remote|credential"],
    { encoding: "utf8" },
  );
  expect(configured).toContain(`remote.paas.url ${rig.api.url}/git/shop.git`);
  expect(configured).not.toContain(adminToken);
  const file = join(rig.cli.configDir, "git-credentials");
  expect(readFileSync(file, "utf8")).toBe(`http://paas:${adminToken}@127.0.0.1%3a${rig.api.port}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const asked = {
    input: `protocol=http\nhost=127.0.0.1:${rig.api.port}\n\n`,
    cwd: rig.cli.dir,
    encoding: "utf8" as const,
  };
  expect(execFileSync("git", ["credential", "fill"], asked)).toContain(`password=${adminToken}`);
  expect((await rig.cli.run(["apps:info"])).stdout).toContain("=== shop");
  rig.platform.add("other");
  expectGolden(
    "git-remote",
    `${await rig.cli.transcript(["create", "third"])}\n${await rig.cli.transcript(["git:remote", "-a", "other"])}
${await rig.cli.transcript(["git:remote", "-a", "third", "--remote", "staging"])}
${await rig.cli.transcript(["create", "fourth", "--remote=--all"])}`,
  );
});
