import { defineCommand } from "../command";
import { supervise } from "../supervise";

export const command = defineCommand({
  words: "",
  flags: {
    detach: { type: "boolean", short: "d", about: "go on in the background" },
    boot: { type: "boolean", about: "start with the machine (systemd)" },
  },
  run: (session, _words, flags) =>
    supervise(session.world, [
      "up",
      ...(flags.detach ? ["--detach"] : []),
      ...(flags.boot ? ["--boot"] : []),
    ]),
});
