/**
 * A worker of the router: serves requests, and takes its orders from the primary that forked it. It knows no Redis and no settings.
 * It ends with its primary, so that nothing keeps the port from the next one.
 */
import pino from "pino";
import { messageOf } from "../../core/error";
import { LineWriter } from "../line-writer";
import { Certificates } from "../tls/certificates";
import { Worker } from "../worker";
import { CountsOfPrimary } from "./counts-of-primary";
import { packLine } from "./line-batch";
import type { Beginning, Door, FromWorker, ToWorker } from "./messages";
import { Outbox } from "./outbox";
import { SeatsOfPrimary } from "./seats-of-primary";

type Order = Exclude<ToWorker, { kind: "begin" }>;

function main(): void {
  process.once("message", (message: ToWorker) => {
    if (message.kind !== "begin") throw new Error(`a worker cannot begin with ${message.kind}`);
    process.on("message", begin(message));
  });
  // A terminal's Ctrl-C and the like go to all of a group; what ends and when is the primary's to say.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.on("disconnect", () => process.exit(0));
}

/** Puts the worker together; resolves to what carries out its orders. */
function begin({ settings, certificateKey, logTo }: Beginning): (order: Order) => void {
  const log = pino({ base: { role: "router", worker: process.pid } }, pino.destination(logTo));
  // Kept on disk by the primary alone.
  const key = certificateKey && Buffer.from(certificateKey);
  const certificates = new Certificates({ directory: null, key, log });
  const outbox = new Outbox(tell);
  const lines = new LineWriter(outbox);
  const report = (ask: number | null) =>
    tell({ kind: "report", ask, report: worker.report(), connections: worker.connections });
  const counts = new CountsOfPrimary(
    (asks) => tell({ kind: "count", asks }),
    () => performance.now(),
  );
  const seats = new SeatsOfPrimary((asks) => tell({ kind: "seats", asks }));
  const worker = new Worker({
    settings,
    certificates,
    counts,
    seats,
    httpsPatienceMs: 0,
    log: (line) => lines.add(packLine(line)),
    onNews: () => report(null),
    logger: log,
  });
  const open = async (door: Door) => {
    if (door === "http") await worker.openHttp({ patienceMs: 0, onHeld: () => undefined });
    else if (!(await worker.openHttps())) throw new Error("https cannot be opened");
    tell({ kind: "opened", door });
  };
  const end = async (over: Promise<void>) => {
    await over;
    lines.flush();
    await outbox.sent();
    await new Promise<void>((sent) => tell({ kind: "metrics", ask: null, metrics: worker.metrics() }, sent));
    process.exit(0);
  };
  const fail = (error: unknown) => {
    log.error({ reason: messageOf(error) }, "a worker ends, for another one to do better");
    process.exit(1);
  };
  return (order) => {
    switch (order.kind) {
      case "change":
        certificates.hold(order.sealed);
        if (!worker.take(order.change)) return fail(new Error("a change of the table was lost"));
        return report(order.ask);
      case "report":
        return report(order.ask);
      case "metrics":
        return tell({ kind: "metrics", ask: order.ask, metrics: worker.metrics() });
      case "counted":
        return counts.hear(order.answers);
      case "seated":
        return seats.hear(order.answers);
      case "open":
        return void open(order.door).catch(fail);
      case "end":
        return void end(worker.end()).catch(fail);
      case "leave":
        return void end(worker.leave()).catch(fail);
    }
  };
}

function tell(message: FromWorker, onSent: () => void = () => undefined): void {
  // With the primary gone there is nobody to tell, and we are about to end.
  process.send?.(message, undefined, undefined, onSent);
}

main();
