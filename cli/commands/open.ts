import { spawn } from "node:child_process";
import type { AppView } from "../../core/wire";
import { appFlag, defineCommand } from "../command";
import { appPath } from "../session";

export const command = defineCommand({
  words: "[APP]",
  flags: appFlag,
  async run(session, [word]) {
    const { url } = await session.api.get<AppView>(appPath(await session.app(word)));
    session.print(url);
    if (session.world.stdout.isTTY && /^https?:/.test(url)) await openBrowser(url);
  },
});

/** A machine without a browser is no fault: the URL is already on the screen. */
function openBrowser(url: string): Promise<void> {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  return new Promise((resolve) => {
    const child = spawn(opener, [url], { stdio: "ignore", detached: true });
    child.on("error", () => resolve());
    child.on("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
