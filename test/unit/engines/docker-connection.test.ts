import { inspect } from "node:util";
import { connectDocker } from "../../../server/engines/docker/connection";

test("what the library writes out at each call, for a log that nobody reads, holds no sockets", () => {
  const { modem } = connectDocker("unix:///var/run/docker.sock");
  expect(inspect(modem, { showHidden: true, depth: null })).toContain("agent: Connections,");
});
