import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("restart, stop, wait and limits", async () => {
  const shop = rig.addShop();
  shop.app.formation = { ...shop.app.formation, quantities: { web: 2, worker: 0 } };
  await rig.golden("restart", [
    ["ps:restart", "-a", "shop"],
    ["ps:restart", "web.2", "-a", "shop"],
    ["ps:restart", "web.3", "-a", "shop"],
    ["ps:wait", "-a", "shop"],
    ["ps:wait", "-t", "soon", "-a", "shop"],
    ["resource:limit", "-a", "shop"],
    ["resource:limit", "--memory", "1g", "--cpu", "0.5", "web", "-a", "shop"],
    ["resource:limit", "web", "-a", "shop", "--json"],
    ["resource:limit", "--pids", "64", "-a", "shop"],
    ["resource:limit", "--memory", "1t", "-a", "shop"],
    ["ps:stop", "worker", "-a", "shop"],
    ["ps:stop", "-a", "shop"],
  ]);
  rig.platform.settles = false;
  await rig.golden("wait-too-long", [["ps:wait", "-t", "5", "-a", "shop"]]);
});

test("scale, with how to undo it", async () => {
  rig.addShop();
  await rig.golden("scale", [
    ["ps:scale", "web=3", "worker+2", "-a", "shop"],
    ["ps", "scale", "-a", "shop"],
    ["ps:scale", "clock=1", "-a", "shop"],
    ["ps:scale", "web=x", "-a", "shop"],
  ]);
});

test("drain, with how to undo it", async () => {
  rig.addShop();
  await rig.golden("drain", [
    ["ps:drain", "-a", "shop"],
    ["ps:drain", "45s", "--websockets", "10m", "-a", "shop"],
    ["ps:drain", "--websockets", "1h", "-a", "shop", "--json"],
    ["ps:drain", "soon", "-a", "shop"],
    ["ps:drain", "--websockets", "30h", "-a", "shop"],
  ]);
});
