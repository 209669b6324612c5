import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("automatic certificates", async () => {
  const shop = rig.addShop();
  shop.domains.push("www.example.com", "*.example.org");
  rig.platform.automaticProblem =
    "DNS knows no address for www.example.com yet: let it lead to this platform's router.";
  const lines = [
    ["certs:auto", "-a", "shop"],
    ["certs:auto", "on", "-a", "shop"],
    ["certs:auto", "-a", "shop", "--json"],
    ["certs", "-a", "shop"],
    ["certs:auto", "off", "-a", "shop"],
    ["certs:auto", "maybe", "-a", "shop"],
  ];
  await rig.golden("certificates-automatic", lines);
});

test("certificates", async () => {
  rig.addShop();
  const { dir: directory } = rig.cli;
  writeFileSync(join(directory, "www.pem"), "-----BEGIN CERTIFICATE-----");
  writeFileSync(join(directory, "www.key"), "-----BEGIN PRIVATE KEY-----");
  await rig.golden("certificates", [
    ["certs", "-a", "shop"],
    ["certs:add", "www.pem", "www.key", "-a", "shop"],
    ["certs:add", "www.key", "-a", "shop"],
    ["certs:add", "gone.pem", "-a", "shop"],
    ["certs", "-a", "shop"],
    ["certs:info", "c3rt1f1c", "-a", "shop"],
    ["certs:info", "other", "-a", "shop"],
    ["certs:policy", "-a", "shop"],
    ["certs:policy", "--redirect", "off", "--hsts", "730d,subdomains,preload", "-a", "shop"],
    ["certs:policy", "--hsts", "forever", "-a", "shop"],
    ["certs:remove", "c3rt1f1c", "-a", "shop"],
    ["certs:remove", "c3rt1f1c", "-a", "shop"],
  ]);
  await rig.golden("certificates-platform", [
    ["certs", "--platform"],
    ["certs:add", "www.pem", "www.key", "--platform"],
    ["certs:auto", "on", "--platform"],
    ["certs", "--platform"],
    ["certs:info", "other", "--platform"],
    ["certs:policy", "--redirect", "off", "--platform"],
    ["certs:remove", "c3rt1f1c", "--platform"],
    ["certs", "--platform", "-a", "shop"],
  ]);
});

test("http settings", async () => {
  rig.addShop();
  await rig.golden("http", [
    ["http", "-a", "shop"],
    ["http:set", "body-limit=50m", "rate=100/s", "-a", "shop"],
    ["http:set", "rate=600/m", "redirects=*.example.com:www.example.com", "-a", "shop"],
    ["http:unset", "rate", "connections", "-a", "shop"],
    ["http:set", "body=50m", "-a", "shop"],
    ["http:set", "body-limit", "-a", "shop"],
    ["http:set", "body-limit=much", "-a", "shop"],
    ["http:auth", "-a", "shop"],
    ["http:auth", "ann", "--remove", "-a", "shop"],
    ["http:auth", "--remove", "-a", "shop"],
    ["http", "-a", "shop", "--json"],
  ]);
});

test("maintenance", async () => {
  rig.addShop();
  await rig.golden("maintenance", [
    ["maintenance", "-a", "shop"],
    ["maintenance:on", "-a", "shop"],
    ["maintenance:on", "-a", "shop"],
    ["maintenance", "-a", "shop", "--json"],
    ["maintenance:off", "-a", "shop"],
  ]);
});
