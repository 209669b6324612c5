import { readCertificate } from "../../../core/certificate";
import { CertificateMaker, type Issued } from "../../support/certificates";

const maker = new CertificateMaker();
const dayMs = 86_400_000;
let root: Issued;
let middle: Issued;
let leaf: Issued;
beforeAll(() => {
  root = maker.issue("Root", { authority: true });
  middle = maker.issue("Middle", { authority: true, by: root });
  leaf = maker.issue("www.example.com", { by: middle, hostnames: ["www.example.com", "*.shop.example.com"] });
});
afterAll(() => maker.clean());

const read = (chain: string, key = leaf.key, now = new Date()) => readCertificate(chain, key, now);

test("a chain with its key is read, and the root left out", () => {
  const { pair, facts } = read(leaf.certificate + middle.certificate + root.certificate);
  expect(facts).toMatchObject({
    hostnames: ["www.example.com", "*.shop.example.com"],
    issuer: "Middle",
    keyType: "EC prime256v1",
    trusted: false,
  });
  expect(facts.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(facts.notAfter.getTime() - facts.notBefore.getTime()).toBe(90 * dayMs);
  expect(pair.reveal().chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(pair.reveal().key).toContain("BEGIN PRIVATE KEY");
});

test("one file may hold both, with words around them", () => {
  const both = `Bag Attributes\r\n${leaf.key}subject=www\n${leaf.certificate.replaceAll("\n", "\r\n")}${middle.certificate}`;
  expect(read(both, both).facts.hostnames).toHaveLength(2);
});

test("a self-signed one is taken", () => {
  const own = maker.issue("own", { hostnames: ["own.example.com"] });
  expect(read(own.certificate, own.key).facts.trusted).toBe(false);
});

test("what no browser would take is refused, with what to do, and nothing of the key is told", () => {
  const bare = maker.issue("bare", { by: middle });
  const weak = maker.issue("weak", { hostnames: ["a.example"], newKey: "rsa:1024" });
  const mail = maker.issue("mail", {
    hostnames: ["a.example"],
    extensions: ["extendedKeyUsage=emailProtection"],
  });
  const other = maker.issue("other", { hostnames: ["other.example"] });
  const damaged = leaf.certificate.replace(/\n.{20}/, `\n${"A".repeat(20)}`);
  const refusals: [string, string, RegExp][] = [
    ["", leaf.key, /There is no certificate: send PEM/],
    [damaged, leaf.key, /Certificate 1 of the chain cannot be read/],
    [leaf.certificate, "", /There is no private key/],
    [leaf.certificate, maker.encrypted(leaf.key), /has a passphrase: take it off with openssl pkey/],
    [leaf.certificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", /cannot be read/],
    [leaf.certificate, other.key, /is not that of the certificate for www.example.com, \*.shop.example.com/],
    [
      middle.certificate + leaf.certificate,
      leaf.key,
      /belongs to certificate 2 of the chain: put that one first/,
    ],
    [
      leaf.certificate + root.certificate + middle.certificate,
      leaf.key,
      /Certificate 2 .* did not issue certificate 1/,
    ],
    [
      leaf.certificate + other.certificate + middle.certificate,
      leaf.key,
      /Certificate 2 .* did not issue certificate 1/,
    ],
    [middle.certificate, middle.key, /is an authority's/],
    [bare.certificate, bare.key, /names no host/],
    [weak.certificate, weak.key, /at least 2048/],
    [mail.certificate, mail.key, /lacks serverAuth/],
    [leaf.certificate + "x".repeat(70_000), leaf.key, /over 64 KiB/],
  ];
  for (const [chain, key, fault] of refusals) {
    expect(() => read(chain, key)).toThrow(fault);
    expect(() => read(chain, key)).not.toThrow(new RegExp(leaf.key.slice(40, 60).replace(/\W/g, ".")));
  }
});

test("its time must be now", () => {
  expect(() => read(leaf.certificate, leaf.key, new Date(Date.now() + 91 * dayMs))).toThrow(/expired on/);
  expect(() => read(leaf.certificate, leaf.key, new Date(Date.now() - dayMs))).toThrow(/clock/);
});
