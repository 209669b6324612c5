import { defineCommand } from "../command";
import { runRouter } from "../supervise";

export const command = defineCommand({
  words: "",
  flags: {
    listen: { type: "string", about: "address and port, such as 127.0.0.1:8080" },
    workers: { type: "string", about: "processes that serve; else one a CPU core, at most 8" },
    table: { type: "string", about: "file with the hosts and their targets" },
    "https-port": { type: "string", about: "port for TLS, such as 8443, with --certificate and --key" },
    certificate: { type: "string", about: "PEM file with the chain that is served, the host's own first" },
    key: { type: "string", about: "PEM file with its private key" },
  },
  about:
    'The table reads {"hosts": {"shop.example": {"targets": ["127.0.0.1:9001"]}}}; the host * stands for every other.\n' +
    "SIGHUP reads it again. Access lines go to stdout.",
  // A router without words would be the platform's.
  run: (session, _words, flags) =>
    runRouter(session.world, flagWords({ ...flags, table: flags.table ?? "" })),
});

const flagWords = (flags: Record<string, string>): string[] =>
  Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
