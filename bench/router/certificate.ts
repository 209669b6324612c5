import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";

/** The name in the certificate: clients that ask by address name none. */
export const benchHost = "bench.example";

/** Files, PEM. */
export interface BenchCertificate {
  chain: string;
  key: string;
  /** One after the other, as HAProxy wants them. */
  both: string;
}

/** Makes a certificate that nobody trusts. */
export async function makeCertificate(folder: string): Promise<BenchCertificate> {
  const [chain, key, both] = ["chain.pem", "key.pem", "both.pem"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const names = ["-subj", `/CN=${benchHost}`, "-addext", `subjectAltName=DNS:${benchHost}`];
  await run("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", chain]);
  await writeFile(both, (await readFile(chain, "utf8")) + (await readFile(key, "utf8")));
  return { chain, key, both };
}
