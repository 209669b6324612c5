import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("what is built, with how to undo it", async () => {
  rig.addShop();
  await rig.golden("builds-set", [
    ["builds:set", "-a", "shop"],
    ["builds:set", "--root", "apps/api/", "--target", "web", "-a", "shop"],
    ["builds:set", "--root", "", "--dockerfile", "docker/Dockerfile", "--json", "-a", "shop"],
    ["builds:set", "--root", "../other", "-a", "shop"],
    ["builds:set", "--target", "a b", "-a", "shop"],
  ]);
});

test("buildpacks, with how to undo each change", async () => {
  rig.addShop();
  const [apt, own] = ["https://example.com/apt.git", "https://example.com/own.git#v1"];
  await rig.golden("buildpacks", [
    ["buildpacks", "-a", "shop"],
    ["buildpacks:add", own, "-a", "shop"],
    ["buildpacks:add", apt, "--index", "1", "-a", "shop"],
    ["buildpacks:add", apt, "-a", "shop"],
    ["buildpacks:set", "heroku/nodejs", "-i", "2", "-a", "shop"],
    ["buildpacks", "-a", "shop"],
    ["buildpacks", "--json", "-a", "shop"],
    ["buildpacks:remove", apt, "-a", "shop"],
    ["buildpacks:remove", apt, "-a", "shop"],
    ["buildpacks:remove", "-a", "shop"],
    ["buildpacks:add", "inline", "-i", "1", "-a", "shop"],
    ["buildpacks:clear", "-a", "shop"],
    ["buildpacks:remove", "--index", "1", "-a", "shop"],
    ["buildpacks:add", "https://me:secret@example.com/x.git", "-a", "shop"],
    ["buildpacks:add", apt, "--index", "0", "-a", "shop"],
  ]);
});

test("an image from elsewhere", async () => {
  rig.addShop();
  await rig.golden("deploy-image", [
    ["deploy", "--image", "example/shop:1.2", "-a", "shop"],
    ["deploy", "dir", "--image", "example/shop:1.2", "-a", "shop"],
  ]);
});

test("a directory or an archive without git", async () => {
  const shop = rig.addShop();
  mkdirSync(join(rig.cli.dir, "site"));
  writeFileSync(join(rig.cli.dir, "site", "index.html"), "hello");
  mkdirSync(join(rig.cli.dir, "empty"));
  await rig.golden("deploy-source", [
    ["deploy", "site", "-a", "shop"],
    ["deploy", "-", "-a", "shop"],
    ["builds:info", "b2", "-a", "shop"],
    ["deploy", "empty", "-a", "shop"],
    ["deploy", "nowhere", "-a", "shop"],
    ["deploy", "site", "--no-release-phase", "-a", "shop"],
  ]);
  expect(shop.builds.map(({ upload }) => upload)).toEqual(["archive from stdin", "directory site", null]);
});

test("what runs, built again", async () => {
  const shop = rig.addShop();
  await rig.golden("rebuild", [
    ["rebuild", "-a", "shop"],
    ["rebuild", "b1", "-a", "shop"],
    ["rebuild", "zz", "-a", "shop"],
  ]);
  expect(shop.builds.map(({ id }) => id)).toEqual(["b3", "b3", "b1"]);
});

test("builds, logs, domains, open", async () => {
  rig.addShop();
  await rig.golden("builds-logs-domains", [
    ["builds:info", "b1", "-a", "shop"],
    ["builds:info", "-a", "shop"],
    ["builds:info", "zz", "-a", "shop"],
    ["builds:output", "-a", "shop"],
    ["builds:attach", "-a", "shop"],
    ["builds:cancel", "b1", "-a", "shop"],
    ["logs", "-n", "1", "-a", "shop"],
    ["logs", "-n", "1", "--json", "-a", "shop"],
    ["logs", "-n", "10001", "-a", "shop"],
    ["logs", "-s", "nowhere", "-a", "shop"],
    ["domains:add", "www.example.com", "-a", "shop"],
    ["domains:add", "*.example.com", "-a", "shop"],
    ["domains:remove", "www.example.com", "-a", "shop"],
    ["domains:remove", "www.example.com", "-a", "shop"],
    ["open", "shop"],
  ]);
});

test("a build that waits, and one that is cancelled", async () => {
  const shop = rig.addShop();
  const waiting = { status: "queued" as const, startedAt: null, finishedAt: null };
  shop.builds.unshift({ ...(shop.builds[0] as (typeof shop.builds)[0]), ...waiting, id: "b2" });
  rig.platform.wait = { place: 2, reason: "app" };
  await rig.golden("builds-waiting", [
    ["builds", "-a", "shop"],
    ["builds:info", "b2", "-a", "shop"],
    ["builds:cancel", "-a", "shop"],
    ["builds:attach", "-a", "shop"],
  ]);
});

test("garbage", async () => {
  rig.platform.garbage = [
    {
      kind: "image",
      name: "paas/p1/a1:b1-5ea1",
      bytes: 120 * 2 ** 20,
      why: "shop: older than the 10 releases that a rollback may choose",
    },
    {
      kind: "cache",
      name: "build cache, least used first",
      bytes: 3 * 2 ** 30,
      why: "over its limit (PAAS_BUILD_CACHE, 20.0 GiB)",
    },
  ];
  await rig.golden("gc", [["gc", "--dry-run"], ["gc", "--dry-run", "--json"], ["gc"], ["gc"]]);
});
