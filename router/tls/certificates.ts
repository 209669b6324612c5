import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { z } from "zod";
import type { CertificatePair } from "../../core/certificate";
import { challengeCertificate } from "../../core/challenge-certificate";
import { messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";
import type { TableChange } from "../../core/route-table";
import { unseal } from "../../core/sealed";
import { replaceFile } from "../replace-file";
import { CertificateNames } from "./certificate-names";
import { handshakeOptions } from "./handshake";

const pairSchema = z.object({ chain: z.string(), key: z.string() });

export interface CertificatesOptions {
  /** Where they are kept for a restart without Redis; sealed as they came. null: nowhere, another process keeps them. */
  directory: string | null;
  /** Opens them (core/certificate.ts, certificateKeyPurpose); null: this router knows no secret key and serves no TLS. */
  key: Buffer | null;
  log: Logger;
}

/**
 * The certificates that the table names.
 *
 * INVARIANT: a certificate that is missing or cannot be used is told and left out; the names it was chosen for have none, all others theirs.
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #sealed = new Map<string, Buffer>();
  /** null: cannot be used. Made when they are first asked for. */
  readonly #contexts = new Map<string, SecureContext | null>();
  readonly #names = new CertificateNames();
  /** Whether there may be something on disk that no table names. */
  #isUntidy = true;
  /** Hostname -> digest of an open TLS-ALPN-01 challenge. */
  #challenges = new Map<string, string>();

  constructor(options: CertificatesOptions) {
    this.#options = options;
  }

  /** Whether there is anything to serve TLS with. */
  get any(): boolean {
    return this.#options.key !== null && (this.#names.any || this.#challenges.size > 0);
  }

  /** Ids that a change names and that are not here. */
  missing(change: TableChange): string[] {
    return idsOf(change).filter((id) => !this.#sealed.has(id));
  }

  /** Keeps sealed certificates, base64, also on disk. */
  async keep(found: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, text] of found) {
      if (!/^\w+$/.test(id)) continue;
      this.#sealed.set(id, Buffer.from(text, "base64"));
      await this.#write(id, text).catch((error: unknown) =>
        this.#options.log.error(
          { certificate: id, reason: messageOf(error) },
          "a certificate was not kept on disk",
        ),
      );
    }
  }

  /** Keeps sealed certificates that are on disk already, or will never be. */
  hold(found: ReadonlyMap<string, Uint8Array>): void {
    for (const [id, sealed] of found) this.#sealed.set(id, Buffer.from(sealed));
  }

  /** Those that a change names and that are here, sealed, by id. */
  sealedOf(change: TableChange): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    for (const id of idsOf(change)) {
      const sealed = this.#sealed.get(id);
      if (sealed) found.set(id, sealed);
    }
    return found;
  }

  /** Reads from disk what a change names. */
  async load(change: TableChange): Promise<void> {
    const { directory } = this.#options;
    if (directory === null) return;
    for (const id of this.missing(change)) {
      const text = await readFile(join(directory, id), "utf8").catch(() => null);
      if (text !== null) this.#sealed.set(id, Buffer.from(text, "base64"));
    }
  }

  /** Serves by a table that was changed so, and forgets what it names no more. */
  take(change: TableChange): void {
    for (const id of this.#names.take(change)) {
      this.#sealed.delete(id);
      this.#contexts.delete(id);
      this.#isUntidy = true;
    }
    if (change.tlsChallenges) this.#challenges = new Map(Object.entries(change.tlsChallenges));
    for (const id of this.missing(change))
      this.#options.log.warn(
        { certificate: id },
        "a certificate of the table is missing; its names have none",
      );
  }

  /** Removes from disk what the table does not name. */
  async tidy(): Promise<void> {
    const { directory } = this.#options;
    if (directory === null || !this.#isUntidy) return;
    this.#isUntidy = false;
    const files = await readdir(directory).catch(() => []);
    for (const file of files) if (!this.#sealed.has(file)) await rm(join(directory, file), { force: true });
  }

  /** Which certificate stands for a name. */
  idFor(hostname: string): string | undefined {
    return this.#names.idFor(hostname);
  }

  /** What a client gets that asks for this name; undefined when there is nothing to give. */
  contextFor(hostname: string): SecureContext | undefined {
    const id = this.idFor(hostname);
    if (id === undefined) return undefined;
    const known = this.#contexts.get(id);
    if (known !== undefined) return known ?? undefined;
    const made = this.#open(id);
    if (this.#sealed.has(id)) this.#contexts.set(id, made);
    return made ?? undefined;
  }

  /** Whether a TLS-ALPN-01 challenge is open for a name. */
  isChallenged(hostname: string): boolean {
    return this.#challenges.has(hostname);
  }

  /** What an authority gets that asks for the proof of this name. Made anew each time: it asks a few times, ever. */
  proofFor(hostname: string, nowMs: number): SecureContext | undefined {
    const digest = this.#challenges.get(hostname);
    if (digest === undefined) return undefined;
    const { chain, key } = challengeCertificate(hostname, digest, nowMs);
    return createSecureContext({ ...handshakeOptions, cert: chain, key });
  }

  #open(id: string): SecureContext | null {
    const { key, log } = this.#options;
    const sealed = this.#sealed.get(id);
    if (!sealed || !key) return null;
    try {
      const { chain, key: privateKey } = readPair(unseal(key, sealed, id));
      return createSecureContext({ ...handshakeOptions, cert: chain, key: privateKey });
    } catch (error) {
      log.error(
        { certificate: id, reason: messageOf(error) },
        "a certificate cannot be used; its names have none",
      );
      return null;
    }
  }

  async #write(id: string, text: string): Promise<void> {
    const { directory } = this.#options;
    if (directory === null) return;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await replaceFile(join(directory, id), text);
  }
}

function readPair(text: string | null): CertificatePair {
  if (text === null) throw new Error("it was sealed with another secret key");
  return pairSchema.parse(JSON.parse(text));
}

const idsOf = ({ apps, certificates }: TableChange): string[] => [
  ...new Set([certificates, ...Object.values(apps).map((app) => app?.certificates)].flatMap(namedIn)),
];

const namedIn = (names: Readonly<Record<string, string>> | undefined): string[] => Object.values(names ?? {});
