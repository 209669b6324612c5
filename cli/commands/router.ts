import { defineCommand } from "../command";
import { runRouter } from "../supervise";

export const command = defineCommand({
  words: "",
  flags: {
    listen: { type: "string", about: "address and port, such as 127.0.0.1:8080" },
    workers: { type: "string", about: "processes that serve; else one a CPU core, at most 8" },
    table: { type: "string", about: "file with the hosts and their targets" },
  },
  about:
    'The table reads {"hosts": {"shop.example": {"targets": ["127.0.0.1:9001"]}}}; the host * stands for every other.\n' +
    "SIGHUP reads it again. Access lines go to stdout.",
  run: (session, _words, flags) =>
    runRouter(session.world, [
      ...(flags.listen === undefined ? [] : ["--listen", flags.listen]),
      ...(flags.workers === undefined ? [] : ["--workers", flags.workers]),
      // A router without words would be the platform's.
      "--table",
      flags.table ?? "",
    ]),
});
