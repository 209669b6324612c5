import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { installPackage } from "../../support/install-package";
import { type Scheme, Stage } from "./stage";

let stage: Stage;
beforeAll(async () => {
  if (!existsSync("/usr/bin/chromium")) installPackage("chromium");
  stage = await new Stage().open();
}, 600_000);
afterAll(() => stage.close());

/** Does what a page does, and tells the app how it went. */
const script = `
const socket = () => new Promise((resolve, reject) => {
  const opened = new WebSocket(location.origin.replace("http", "ws") + "/socket");
  opened.onopen = () => opened.send("hello");
  opened.onmessage = ({ data }) => { opened.close(1000); resolve(data); };
  opened.onerror = () => reject(new Error("no socket"));
});
const events = () => new Promise((resolve) => {
  const source = new EventSource("/events");
  const seen = [];
  source.onmessage = ({ data }) => { seen.push(data); if (seen.length === 2) { source.close(); resolve(seen); } };
});
const run = async () => ({
  protocol: performance.getEntriesByType("navigation")[0].nextHopProtocol,
  length: await (await fetch("/length", { method: "POST", body: "x".repeat(100000) })).text(),
  pages: (await Promise.all(Array.from({ length: 50 }, async () => (await fetch("/page")).text()))).length,
  events: await events(),
  socket: await socket(),
});
run().catch((error) => ({ error: String(error) })).then((told) => fetch("/told", { method: "POST", body: JSON.stringify(told) }));
`;

async function visit(scheme: Scheme): Promise<unknown> {
  const told = new Promise<unknown>((resolve) => {
    stage.pages.set("/told", (request, response) => {
      response.end();
      void json(request).then(resolve);
    });
  });
  stage.pages.set("/", (_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>a page</title><script>${script}</script>`);
  });
  const profile = mkdtempSync(join(tmpdir(), "paas-chromium-"));
  const argv = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--ignore-certificate-errors",
    "--no-first-run",
  ];
  const where = [`--user-data-dir=${profile}`, `--host-resolver-rules=MAP ${stage.host} 127.0.0.1`];
  const browser = spawn("chromium", [...argv, ...where, stage.url(scheme, "/")], { stdio: "ignore" });
  const ended = once(browser, "exit");
  try {
    return await Promise.race([told, ended.then(() => "chromium ended")]);
  } finally {
    browser.kill("SIGTERM");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

test.each<[Scheme, string]>([
  ["http", "http/1.1"],
  ["https", "h2"],
])(
  "Chromium, %s",
  async (scheme, protocol) => {
    expect(await visit(scheme)).toEqual({
      protocol,
      length: "100000",
      pages: 50,
      events: ["1", "2"],
      socket: "echo hello",
    });
  },
  60_000,
);
