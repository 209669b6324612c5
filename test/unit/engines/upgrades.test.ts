import Docker from "dockerode";
import { openBuildSession } from "../../../builder/image/session/build-session";
import { attach } from "../../../server/engines/docker/attach";
import { UpgradingEngine } from "../../support/upgrading-engine";

let engine: UpgradingEngine;
beforeEach(async () => {
  engine = await UpgradingEngine.open();
});
afterEach(() => engine.close());

const docker = (): Docker => new Docker({ socketPath: engine.path });

// An engine takes whatever follows an upgrade's head for the new protocol's, unless it happened to come with the head.
test("nothing of HTTP/1 comes on a build's session before its HTTP/2", async () => {
  const heard = engine.heard();
  const session = await openBuildSession(docker(), {
    context: [],
    dockerfile: "Dockerfile",
    secrets: new Map(),
  });
  setImmediate(() => session.close());
  const { head, rest } = await heard;
  expect(head).toMatch(/^POST \/session /);
  expect(rest).not.toContain("\r\n");
});

test("a container reads on its stdin what is written there, and nothing else", async () => {
  const heard = engine.heard();
  (await attach(docker(), "c1", { stdin: true, stdout: true, stderr: false })).end("hello\n");
  const { head, rest } = await heard;
  expect(head).toMatch(/^POST \/containers\/c1\/attach\?stream=true&stdin=true&stdout=true&stderr=false /);
  expect(rest).toBe("hello\n");
});
