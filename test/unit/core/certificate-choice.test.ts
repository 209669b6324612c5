import {
  type Candidate,
  chooseCertificates,
  choosePlatformCertificates,
} from "../../../core/certificate-choice";

const hosts = ["shop.paas.test", "www.example.com", "*.example.org"];
const one = (id: string, hostnames: string[], parts: Partial<Candidate> = {}): Candidate => ({
  id,
  appId: "shop",
  hostnames,
  own: true,
  expired: false,
  notAfter: new Date("2027-01-01"),
  ...parts,
});

test("a certificate serves its app's hosts only", () => {
  expect(chooseCertificates(hosts, [one("a", ["*.example.com", "*.paas.test"])])).toEqual({
    "www.example.com": "a",
    "shop.paas.test": "a",
  });
});

test("below a wildcard of the app it serves the names that it has", () => {
  expect(chooseCertificates(hosts, [one("a", ["a.example.org", "b.example.org", "c.example.net"])])).toEqual({
    "a.example.org": "a",
    "b.example.org": "a",
  });
  expect(chooseCertificates(hosts, [one("a", ["*.example.org"])])).toEqual({ "*.example.org": "a" });
});

test("the platform's serve as they are", () => {
  const platform = one("p", ["*.paas.test"], { appId: null });
  expect(choosePlatformCertificates([platform])).toEqual({ "*.paas.test": "p" });
});

test.each<[string, Candidate, Candidate]>([
  [
    "not expired",
    one("best", ["www.example.com"], { own: false }),
    one("z", ["www.example.com"], { expired: true }),
  ],
  [
    "people's own",
    one("best", ["www.example.com"]),
    one("z", ["www.example.com"], { own: false, notAfter: new Date("2030-01-01") }),
  ],
  [
    "valid for longest",
    one("best", ["www.example.com"], { notAfter: new Date("2028-01-01") }),
    one("z", ["www.example.com"]),
  ],
])("preferred: %s", (_rule, best, other) => {
  expect(chooseCertificates(hosts, [best, other])).toEqual({ "www.example.com": "best" });
  expect(chooseCertificates(hosts, [other, best])).toEqual({ "www.example.com": "best" });
});
