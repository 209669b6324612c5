import { defineCommand } from "../command";
import { supervise } from "../supervise";

export const command = defineCommand({
  words: "",
  flags: { engine: { type: "boolean", about: "also stop the Docker Engine that the set-up started" } },
  about: "Apps go on running, but nothing leads to them until the next paas up.",
  run: (session, _words, flags) => supervise(session.world, ["down", ...(flags.engine ? ["--engine"] : [])]),
});
