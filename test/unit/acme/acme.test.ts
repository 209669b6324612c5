import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { challengeDigest } from "../../../core/acme";
import { challengeCertificate } from "../../../core/challenge-certificate";
import { defaultTlsPolicy } from "../../../core/tls-policy";
import { AccountKey, newKey } from "../../../server/acme/account-key";
import { retryAfterMs } from "../../../server/acme/acme-problem";
import { certificateRequest } from "../../../server/acme/certificate-request";
import { type Present, wantedHosts } from "../../../server/acme/wanted-hosts";
import { app } from "../../builders/ledger";

test("OpenSSL reads a certificate request of ours, and its signature holds", () => {
  const names = ["www.shop.test", `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.test`];
  const input = Buffer.from(certificateRequest(names, newKey()), "base64url");
  const argv = ["req", "-inform", "der", "-noout", "-text", "-verify"];
  const text = execFileSync("openssl", argv, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
  expect(text).toContain(names.map((name) => `DNS:${name}`).join(", "));
  expect(text).toMatch(/prime256v1[\s\S]*ecdsa-with-SHA256/);
});

test("OpenSSL reads a certificate that answers a TLS-ALPN-01 challenge, and a handshake is served with it", () => {
  const digest = challengeDigest("token", "thumb");
  const { chain, key } = challengeCertificate("www.shop.test", digest, Date.now());
  const argv = ["x509", "-noout", "-text"];
  const text = execFileSync("openssl", argv, { input: chain, encoding: "utf8" });
  expect(text).toMatch(/Version: 3[\s\S]*prime256v1[\s\S]*DNS:www.shop.test/);
  expect(text).toMatch(/1\.3\.6\.1\.5\.5\.7\.1\.31: critical/);
  const certificate = new X509Certificate(chain);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.raw.includes(Buffer.from(digest, "base64url"))).toBe(true);
  expect(() => createSecureContext({ cert: chain, key })).not.toThrow();
});

test("a signature of the account is that of its public key", () => {
  const key = new AccountKey(newKey());
  expect(Object.keys(key.jwk)).toEqual(["crv", "kty", "x", "y"]);
  expect(key.thumbprint).toMatch(/^[\w-]{43}$/);
  const signed = JSON.parse(key.sign({ url: "u", nonce: "n" }, null)) as Record<string, string>;
  expect(signed.payload).toBe("");
  expect(Buffer.from(signed.signature ?? "", "base64url")).toHaveLength(64);
  expect(JSON.parse(Buffer.from(signed.protected ?? "", "base64url").toString())).toEqual({
    alg: "ES256",
    url: "u",
    nonce: "n",
  });
});

test.each([
  [{}, null],
  [{ "retry-after": "120" }, 120_000],
  [{ "retry-after": new Date(60_000).toUTCString() }, 60_000],
  [{ "retry-after": new Date(-60_000).toUTCString() }, 0],
  [{ "retry-after": "soon" }, null],
])("Retry-After of %j is %j", (headers, ms) => expect(retryAfterMs({ headers }, 0)).toBe(ms));

test("automatic certificates are wanted for names that an authority can prove and nobody else serves", () => {
  const shop = app({ id: "shop", name: "shop", tls: { redirect: true, hsts: null, auto: true } });
  const off = app({ id: "off", name: "off" });
  const domains = ["www.a.test", "*.a.test", "own.a.test", "old.a.test", "a.local"].map((hostname) => ({
    hostname,
    appId: "shop",
  }));
  const certificates = [
    { ...certificate, hostnames: ["own.a.test"], notAfter: new Date(900) },
    { ...certificate, hostnames: ["old.a.test"], notAfter: new Date(600) },
  ];
  const present = {
    apps: [shop, off],
    domains: [...domains, { hostname: "off.test", appId: "off" }],
    certificates,
    platform: defaultTlsPolicy,
  };
  const wanted = (platformDomain: string, wildcards: "dns-01" | null = null) =>
    wantedBy(present, platformDomain, wildcards);
  expect(wanted("localhost")).toEqual(["www.a.test", "old.a.test"]);
  expect(wanted("localhost", "dns-01")).toEqual(["www.a.test", "*.a.test", "old.a.test"]);
  expect(wanted("paas.test")).toEqual(["shop.paas.test", "www.a.test", "old.a.test"]);
});

test("the platform wants one for its own host or, by DNS, for its whole domain; apps then need none for their own hostnames", () => {
  const shop = app({ id: "shop", name: "shop", tls: { redirect: true, hsts: null, auto: true } });
  const present = {
    apps: [shop],
    domains: [],
    certificates: [],
    platform: { ...defaultTlsPolicy, auto: true },
  };
  expect(wantedBy(present, "lab.test")).toEqual(["paas.lab.test", "shop.lab.test"]);
  expect(wantedBy(present, "lab.test", "dns-01")).toEqual(["*.lab.test", "shop.lab.test"]);
  expect(wantedBy(present, "localhost", "dns-01")).toEqual([]);
  const life = { notBefore: new Date(0), notAfter: new Date(720) };
  const wildcard = { ...certificate, appId: null, own: false, hostnames: ["*.lab.test"], ...life };
  const served = { ...present, certificates: [wildcard] };
  expect(wantedBy(served, "lab.test", "dns-01")).toEqual(["*.lab.test"]);
  // Its renewal, due at 480, has failed until 600.
  const failing = { ...present, certificates: [{ ...wildcard, notAfter: new Date(594) }] };
  expect(wantedBy(failing, "lab.test", "dns-01")).toEqual(["*.lab.test", "shop.lab.test"]);
  const own = { ...present, certificates: [{ ...wildcard, own: true, notAfter: new Date(900) }] };
  expect(wantedBy(own, "lab.test")).toEqual([]);
});

const certificate = {
  id: "c",
  appId: "shop",
  own: true,
  issuer: "",
  fingerprint: "",
  keyType: "",
  trusted: true,
  createdAt: new Date(0),
  notBefore: new Date(0),
};

function wantedBy(present: Present, platformDomain: string, wildcards: "dns-01" | null = null): string[] {
  const challengeFor = (hostname: string) => (hostname.startsWith("*.") ? wildcards : "http-01");
  return wantedHosts(present, { platformDomain, challengeFor, nowMs: 500 }).map(({ hostname }) => hostname);
}
