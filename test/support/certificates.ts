import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Issued {
  certificate: string;
  key: string;
}

export interface IssueOptions {
  /** Without: self-signed. */
  by?: Issued;
  authority?: boolean;
  hostnames?: string[];
  days?: number;
  /** An argument of `openssl req -newkey`. */
  newKey?: string;
  extensions?: string[];
}

/** Certificates made by OpenSSL in a directory of its own; `clean` removes it. */
export class CertificateMaker {
  readonly directory = mkdtempSync(join(tmpdir(), "paas-certificates-"));
  #count = 0;

  /** Both PEM. */
  issue(name: string, options: IssueOptions = {}): Issued {
    const { by, authority = false, hostnames = [], days = 90, newKey = "ec", extensions = [] } = options;
    this.#count += 1;
    const [certificate, key] = ["crt", "key"].map((end) => this.#file(end)) as [string, string];
    const curve = newKey === "ec" ? ["-pkeyopt", "ec_paramgen_curve:prime256v1"] : [];
    const more = [
      `basicConstraints=critical,CA:${authority ? "TRUE" : "FALSE"}`,
      ...(hostnames.length > 0 ? [`subjectAltName=${hostnames.map((host) => `DNS:${host}`).join(",")}`] : []),
      ...extensions,
    ].flatMap((extension) => ["-addext", extension]);
    const signer = by ? ["-CA", this.file(by.certificate), "-CAkey", this.file(by.key)] : [];
    const argv = ["req", "-x509", "-newkey", newKey, ...curve, "-nodes", "-subj", `/CN=${name}`];
    execFileSync(
      "openssl",
      [...argv, "-days", `${days}`, "-keyout", key, "-out", certificate, ...signer, ...more],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  }

  /** The key under a passphrase. */
  encrypted(key: string): string {
    const argv = ["pkey", "-in", this.file(key), "-aes256", "-passout", "pass:secret"];
    return execFileSync("openssl", argv, { encoding: "utf8" });
  }

  /** A text as a file. */
  file(text: string): string {
    this.#count += 1;
    const path = this.#file("pem");
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  clean(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #file(end: string): string {
    return join(this.directory, `${this.#count}.${end}`);
  }
}
