import { parseArgs } from "node:util";
import { z } from "zod";
import { invalid } from "../core/error";
import type { Logger } from "../core/logger";
import { defaultHttp2Limits } from "./http2/limits";
import { KnownTable } from "./known-table";
import { LineWriter } from "./line-writer";
import { makeCrew } from "./make-crew";
import { type CertificateFiles, readOwnCertificate } from "./own-certificate";
import { changeOf } from "./table-change";
import { addressOf, readTableFile } from "./table-file";
import { Certificates } from "./tls/certificates";

const usage =
  "Usage: paas router --listen 127.0.0.1:8080 --table FILE [--workers N] [--https-port 8443 --certificate FILE --key FILE]";

const sizeSchema = z.coerce.number().int().min(1).max(64);
const httpsSchema = z
  .object({
    "https-port": z.coerce.number().int().min(0).max(65_535),
    certificate: z.string(),
    key: z.string(),
  })
  .transform(({ "https-port": port, certificate, key }) => ({ port, files: { chain: certificate, key } }));

export interface Standalone {
  /** Reads the table's file again; throws `invalid`, and goes on by the old table, if it cannot be read. */
  reload(): Promise<void>;
  /** Lets what is in flight end. */
  end(): Promise<void>;
}

export interface StandaloneOptions {
  /** Takes access lines. */
  out: NodeJS.WritableStream;
  log: Logger;
  /** How many, if the words do not say. */
  workers: number;
}

/**
 * A router of its own, by a table in a file, without a platform and without Redis: `{"hosts": {"*": {"targets": ["127.0.0.1:9001"]}}}`.
 * Resolves when it listens; throws `invalid` for words or a table that it does not understand.
 */
export async function runStandalone(args: string[], options: StandaloneOptions): Promise<Standalone> {
  const { out, log } = options;
  const { address, file, workers = options.workers, https } = readWords(args);
  const own = https && (await readOwnCertificate(https.files, log));
  const accessLog = new LineWriter(out);
  const table = new KnownTable();
  const crew = makeCrew(workers, {
    settings: {
      ...address,
      platform: undefined,
      workers,
      http2Streams: defaultHttp2Limits.streams,
      trustedProxies: [],
      proxyProtocol: [],
      secure: own && https && { port: https.port, ticketDirectory: own.ticketDirectory },
    },
    table,
    certificates: own?.certificates ?? new Certificates({ directory: null, key: null, log }),
    certificateKey: own?.key ?? null,
    waiting: { patienceMs: 0, onHeld: () => undefined },
    log: ({ line }) => accessLog.add(line),
    onNews: () => undefined,
    logger: log,
    logTo: 2,
  });
  const reload = async () => {
    const next = { version: table.version + 1, apps: await readTableFile(file), certificates: own?.names };
    await crew.take(changeOf(table.whole, next));
    log.info({ version: table.version }, "took the table");
  };
  await reload();
  await crew.start();
  await crew.openHttp();
  if (own) await crew.openHttps();
  log.info(address, "listening");
  const end = async () => {
    await crew.end();
    accessLog.flush();
    await own?.clean();
  };
  return { reload, end };
}

interface Words {
  address: { host: string; httpPort: number };
  file: string;
  workers?: number;
  https?: { port: number; files: CertificateFiles };
}

function readWords(args: string[]): Words {
  try {
    const text = { type: "string" } as const;
    const names = {
      listen: text,
      table: text,
      workers: text,
      "https-port": text,
      certificate: text,
      key: text,
    };
    const { values } = parseArgs({ args, options: names });
    const { host, port: httpPort } = addressOf(values.listen ?? "");
    return {
      address: { host, httpPort },
      file: z.string().min(1).parse(values.table),
      ...(values.workers !== undefined && { workers: sizeSchema.parse(values.workers) }),
      ...(values["https-port"] !== undefined && { https: httpsSchema.parse(values) }),
    };
  } catch {
    throw invalid(usage);
  }
}
