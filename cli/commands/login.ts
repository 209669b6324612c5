import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { invalid } from "../../core/error";
import type { Whoami } from "../../core/wire";
import { defineCommand } from "../command";
import { HttpClient } from "../http-client";
import { writeLogin } from "../login-file";
import { serverUrl } from "../server";
import type { World } from "../world";

export const command = defineCommand({
  words: "[SERVER]",
  flags: {},
  about: "Asks for an API token, or reads it from stdin: paas login https://paas.example.com < token-file",
  async run({ world }, [word]) {
    const lines = answers(world);
    try {
      const url = serverUrl(word ?? (await serverNamed(lines)));
      const token = await lines.ask("API token: ", true);
      if (!/^[\x21-\x7e]+$/.test(token))
        throw invalid("No usable token came: make one with paas tokens:create where you are logged in.");
      const who = await new HttpClient(
        { url, token, tokenFrom: "what was typed" },
        world.version,
      ).get<Whoami>("/whoami");
      writeLogin(world.settings.configDir, { server: url, token });
      world.stderr.write(`Logged in to ${url} as ${who.name}\n${plainHttpWarning(url)}`);
    } finally {
      lines.close();
    }
  },
});

async function serverNamed(lines: ReturnType<typeof answers>): Promise<string> {
  const name = await lines.ask("Server: ", false);
  if (name !== "") return name;
  throw invalid("No server was named: write paas login https://paas.example.com.");
}

function plainHttpWarning(url: string): string {
  const { protocol, hostname } = new URL(url);
  const safe =
    protocol === "https:" || /^(127\.|\[::1\]$)/.test(hostname) || /(^|\.)localhost$/.test(hostname);
  return safe
    ? ""
    : " !    This is plain http: the token travels unprotected. Use https outside of your own machine.\n";
}

/** Lines of stdin; on a terminal each after its question, the secret ones without echo. */
function answers({ stdin, stderr }: World) {
  const terminal = stdin.isTTY === true;
  let silent = false;
  const echo = new Writable({
    write(chunk, _encoding, written) {
      if (!silent) stderr.write(chunk);
      written();
    },
  });
  const lines = createInterface({ input: stdin, ...(terminal && { output: echo, terminal }) });
  const reader = lines[Symbol.asyncIterator]();
  return {
    async ask(question: string, secret: boolean): Promise<string> {
      if (terminal) stderr.write(question);
      silent = secret;
      const { value, done } = await reader.next();
      if (terminal && secret) stderr.write("\n");
      return done ? "" : String(value).trim();
    },
    close: () => lines.close(),
  };
}
