import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adminToken } from "../../../fakes/platform/world";
import { expectGolden, openCli } from "../../../support/cli-session";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("mistyped and misused commands", () =>
  rig.golden("misuse", [
    ["ps:scael"],
    ["confg"],
    ["frobnicate"],
    ["apps:create"],
    ["access", "add", "ann"],
    ["pg:info"],
    ["apps", "--wrong"],
    ["logs", "--tial"],
    ["releases:diff", "v1"],
    ["ps"],
    ["help", "ps:scale"],
    ["help", "config"],
    ["run", "--help"],
  ]));

test("a right that is missing, and a token that is refused, tell who gives another", async () => {
  const shop = rig.addShop();
  rig.platform.actors.set("paas_viewer", { name: "v", admin: false, apps: { [shop.app.id]: "viewer" } });
  const [viewer, wrong] = [{ token: "paas_viewer" }, { token: "paas_wrong" }];
  const told = [
    await rig.cli.transcript(["config:set", "A=1", "-a", "shop"], viewer),
    await rig.cli.transcript(["create", "other"], viewer),
    await rig.cli.transcript(["ps", "-a", "shop"], wrong),
    await rig.cli.transcript(["run", "-a", "shop", "ls"], wrong),
    await rig.cli.transcript(["login", rig.api.url], { input: "paas_wrong\n" }),
    await rig.cli.transcript(["login"]),
  ];
  expectGolden("refused", told.join("\n"));
});

test("a router of its own gets the words it is given", async () => {
  writeFileSync(
    join(rig.cli.dir, "router.js"),
    "require('fs').writeFileSync(__dirname + '/words', process.argv.slice(2).join(' '))",
  );
  const words = [
    "--listen",
    "127.0.0.1:1",
    "--table",
    "t",
    "--https-port",
    "2",
    "--certificate",
    "c",
    "--key",
    "k",
  ];
  expect((await rig.cli.run(["router", ...words])).exitCode).toBe(0);
  expect(readFileSync(join(rig.cli.dir, "words"), "utf8")).toBe(words.join(" "));
  expect((await rig.cli.run(["router"])).exitCode).toBe(0);
  expect(readFileSync(join(rig.cli.dir, "words"), "utf8")).toBe("--table ");
});

test("login checks and keeps the token for its own server; logout forgets it", async () => {
  const fresh = openCli(rig.api.url);
  try {
    expect(await fresh.run(["apps"])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("paas up"),
    });
    expect(await fresh.run(["login", rig.api.url], { input: "wrong\n" })).toMatchObject({ exitCode: 3 });
    expect(await fresh.run(["login"], { input: `${rig.api.url}\n${adminToken}\n` })).toMatchObject({
      exitCode: 0,
    });
    expect(statSync(join(fresh.configDir, "login.json")).mode & 0o777).toBe(0o600);
    expect(await fresh.run(["whoami"])).toMatchObject({ exitCode: 0, stdout: "admin\n" });
    expect(await fresh.run(["logout"])).toMatchObject({ exitCode: 0 });
    expect(await fresh.run(["whoami"])).toMatchObject({ exitCode: 3 });
    expect(await fresh.run(["login", "http://user:pw@host"])).toMatchObject({ exitCode: 2 });
  } finally {
    fresh.clean();
  }
});

test("a server that does not answer exits with 75 and says what to do", async () => {
  const gone = openCli("http://127.0.0.1:1", adminToken);
  try {
    const told = [await gone.transcript(["apps"]), await gone.transcript(["run", "-a", "shop", "ls"])];
    expectGolden("no-server", told.join("\n"));
    expect((await gone.run(["status"])).exitCode).toBe(75);
  } finally {
    gone.clean();
  }
});

test("a server below .localhost is reached by address, with its name in Host", async () => {
  rig.platform.add("shop");
  const named = openCli(`http://paas.localhost:${rig.api.port}`, adminToken);
  try {
    expect((await named.run(["apps:info", "shop"])).stdout).toContain(
      `http://paas.localhost:${rig.api.port}/git/shop.git`,
    );
  } finally {
    named.clean();
  }
});
