import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { invalid, messageOf } from "../core/error";
import type { Logger } from "../core/logger";
import { seal } from "../core/sealed";
import { Certificates } from "./tls/certificates";

const id = "own";
const keyBytes = 32;

/** Where it lies, PEM. */
export interface CertificateFiles {
  chain: string;
  key: string;
}

/** What a router without a platform needs to serve TLS. */
export interface OwnCertificate {
  certificates: Certificates;
  /** Opens it: a key that this process made up. */
  key: Buffer;
  /** The names in it -> its id, as a table has them. */
  names: Record<string, string>;
  ticketDirectory: string;
  clean(): Promise<void>;
}

/** Reads a certificate from files. Throws `invalid` if they cannot be read, or do not belong together. */
export async function readOwnCertificate(files: CertificateFiles, log: Logger): Promise<OwnCertificate> {
  const [chain, privateKey] = await Promise.all([readText(files.chain), readText(files.key)]);
  const names = namesOf(chain, privateKey);
  const key = randomBytes(keyBytes);
  const certificates = new Certificates({ directory: null, key, log });
  certificates.hold(new Map([[id, seal(key, JSON.stringify({ chain, key: privateKey }), id)]]));
  const ticketDirectory = await mkdtemp(join(tmpdir(), "paas-router-"));
  return {
    certificates,
    key,
    names: Object.fromEntries(names.map((name) => [name, id])),
    ticketDirectory,
    clean: () => rm(ticketDirectory, { recursive: true, force: true }),
  };
}

function namesOf(chain: string, key: string): string[] {
  try {
    createSecureContext({ cert: chain, key });
    const said = new X509Certificate(chain).subjectAltName ?? "";
    return said.split(", ").flatMap((entry) => /^DNS:(.+)$/.exec(entry)?.[1]?.toLowerCase() ?? []);
  } catch (error) {
    throw invalid(`The certificate cannot be used: ${messageOf(error)}`);
  }
}

const readText = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    throw invalid(`The certificate cannot be read: ${messageOf(cause)}`);
  });
