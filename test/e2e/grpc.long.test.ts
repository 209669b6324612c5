import { once } from "node:events";
import { Client, credentials } from "@grpc/grpc-js";
import { CertificateMaker, type Issued } from "../support/certificates";
import { copyFixture } from "../support/fixture-app";
import { freePorts } from "../support/free-port";
import { newPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";

const maker = new CertificateMaker();
const root: Issued = maker.issue("Root", { authority: true });
const clients: Client[] = [];
let platform: TestPlatform;
let httpsPort: number;
let talk: Project;

beforeAll(async () => {
  [httpsPort = 0] = await freePorts(1);
  platform = await newPlatform({ env: { PAAS_HTTPS_PORT: `${httpsPort}` } });
  await platform.up();
  talk = await Project.create(platform, "talk");
  await talk.paas("domains:add", "talk.test");
  const { certificate, key } = maker.issue("talk", { by: root, hostnames: ["talk.test"] });
  await talk.paas("certs:add", maker.file(certificate), maker.file(key));
  await talk.paas("http:set", "protocol=h2c");
}, 120_000);
afterAll(async () => {
  for (const client of clients) client.close();
  maker.clean();
  await platform?.stop();
}, 120_000);
jest.setTimeout(300_000);

const asIs = (bytes: Buffer): Buffer => bytes;

/** A client over TLS, with a connection of its own. */
function open(): Client {
  const client = new Client(`127.0.0.1:${httpsPort}`, credentials.createSsl(Buffer.from(root.certificate)), {
    "grpc.ssl_target_name_override": "talk.test",
    "grpc.default_authority": "talk.test",
    "grpc.use_local_subchannel_pool": 1,
  });
  clients.push(client);
  return client;
}

/** Rejects with what gRPC makes of a failure. */
const say = (client: Client, words: string): Promise<string> =>
  new Promise((resolve, reject) => {
    client.makeUnaryRequest("/talk.Talk/Say", asIs, asIs, Buffer.from(words), (error, answer) =>
      error ? reject(error) : resolve(String(answer)),
    );
  });

const converse = (client: Client) => client.makeBidiStreamRequest("/talk.Talk/Converse", asIs, asIs);

test("a gRPC app is pushed, and up when its health service says so", async () => {
  await copyFixture("grpc", talk.dir);
  await talk.commit({});
  const { exitCode, stderr } = await talk.push("main");
  expect(stderr).toContain("web.1 is up (readiness check (gRPC health): SERVING)");
  expect(exitCode).toBe(0);
});

test("calls of every kind pass over TLS, and each has its access line", async () => {
  const client = open();
  expect(await say(client, "hello")).toBe("one: hello");
  const counted = client.makeServerStreamRequest("/talk.Talk/Count", asIs, asIs, Buffer.from("300"));
  const numbers: string[] = [];
  for await (const number of counted) numbers.push(String(number));
  expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => `one: ${index + 1}`));

  const both = converse(client);
  for (const words of ["ping", "pong"]) {
    both.write(Buffer.from(words));
    expect(String((await once(both, "data"))[0])).toBe(`one: ${words}`);
  }
  both.end();
  both.resume();
  expect((await once(both, "status"))[0]).toMatchObject({ code: 0 });

  await expect(
    new Promise((_resolve, reject) =>
      client.makeUnaryRequest("/talk.Talk/None", asIs, asIs, Buffer.from("x"), reject),
    ),
  ).rejects.toMatchObject({ code: 12 });
  const line = /path="\/talk\.Talk\/Converse" host=talk\.test .* instance=web\.1 .* status=200/;
  const logged = async () => line.test((await talk.paas("logs", "-n", "100")).stdout);
  while (!(await logged())) await say(client, "and again");
});

test("a deploy fails no call, and a stream under way ends as it likes on its old instance", async () => {
  const old = converse(open());
  old.write(Buffer.from("before"));
  expect(String((await once(old, "data"))[0])).toBe("one: before");
  let over = false;
  const failures: unknown[] = [];
  const heard = new Set<string>();
  const call = async (client: Client) => {
    while (!over)
      await say(client, "x").then(
        (answer) => heard.add(answer),
        (error) => failures.push(error),
      );
  };
  const callers = [call(open()), call(open())];

  const server = await talk.git("show", "HEAD:server.js");
  await talk.commit({ "server.js": server.stdout.replace('release = "one"', 'release = "two"') });
  expect((await talk.push("main")).exitCode).toBe(0);
  expect(await say(open(), "new")).toBe("two: new");
  old.write(Buffer.from("after"));
  expect(String((await once(old, "data"))[0])).toBe("one: after");
  over = true;
  await Promise.all(callers);
  expect(failures).toEqual([]);
  expect([...heard].sort()).toEqual(["one: x", "two: x"]);
  old.end();
  old.resume();
  expect((await once(old, "status"))[0]).toMatchObject({ code: 0 });
});

test("without an instance a call is told that it may be tried again", async () => {
  await talk.paas("ps:scale", "web=0");
  await talk.paas("ps:wait");
  await expect(say(open(), "x")).rejects.toMatchObject({ code: 14 });
});
