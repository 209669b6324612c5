import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("config", async () => {
  rig.addShop();
  await rig.golden("config", [
    ["config", "--shell", "-a", "shop"],
    ["config:get", "LONGER", "-a", "shop"],
    ["config", "get", "MISSING", "-a", "shop"],
    ["config:set", "A=2", "B=x=y", "-a", "shop"],
    ["config:set", "A=2", "B=x=y", "-a", "shop"],
    ["config:unset", "A", "-a", "shop"],
    ["config:set", "novalue", "-a", "shop"],
    ["config:set", "1A=secret", "-a", "shop"],
    ["config:set", "-a", "shop"],
  ]);
  expect(rig.platform.of((await rig.platform.findApp("shop")) as never).config).toEqual({
    B: "x=y",
    LONGER: "it's $HOME",
  });
});

test("config from a file", async () => {
  const shop = rig.addShop();
  const file = join(rig.cli.dir, "vars.env");
  writeFileSync(
    file,
    "# of the shop\nA='it'\\''s $HOME'\nexport B=two words # but not this\nC=\"x\\ny\"\n\nD=\n",
  );
  await rig.golden("config-import", [
    ["config:import", "vars.env", "-a", "shop"],
    ["config:import", "-a", "shop"],
    ["config:import", "gone.env", "-a", "shop"],
  ]);
  expect(shop.config).toMatchObject({ A: "it's $HOME", B: "two words", C: "x\ny", D: "" });
  const printed = (await rig.cli.run(["config", "--shell", "-a", "shop"])).stdout;
  expect((await rig.cli.run(["config:import", "--build", "-a", "shop"], { input: printed })).exitCode).toBe(
    0,
  );
  expect(rig.platform.buildConfigs.get(shop.app.id)).toEqual(shop.config);
});

test("config of builds is apart from what runs", async () => {
  rig.addShop();
  await rig.golden("build-config", [
    ["config", "--build", "-a", "shop"],
    ["config:set", "--build", "NPM_TOKEN=abc", "-a", "shop"],
    ["config", "--build", "-a", "shop"],
    ["config:get", "NPM_TOKEN", "--build", "-a", "shop"],
    ["config:get", "NPM_TOKEN", "-a", "shop"],
    ["config:unset", "--build", "NPM_TOKEN", "-a", "shop"],
    ["config:set", "--build", "PORT=1", "-a", "shop"],
    ["config:set", "VITE_TITLE=Shop", "NPM_TOKEN=abc", "A=1", "-a", "shop"],
  ]);
});
