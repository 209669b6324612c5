import type { App } from "../../../core/app";
import { urlsOf } from "../../../server/actions/http/url";

const app = (id: string) => ({ id }) as App;
const valid = [
  { appId: "shop", hostnames: ["www.example.com", "*.example.org"] },
  { appId: "shop", hostnames: ["more.example.com"] },
  { appId: null, hostnames: ["*.localhost"] },
];

test("hostnames are https where a certificate of their app, or of the platform, stands for them; one question for all", async () => {
  const asked: (readonly string[])[] = [];
  const certificates = {
    valid: async (ids: readonly string[]) => {
      asked.push(ids);
      return valid;
    },
  };
  const ctx = { settings: { httpPort: 8080, httpsPort: 443 }, store: { certificates } };
  const hosts = [
    ["shop", "www.example.com"],
    ["shop", "a.example.org"],
    ["shop", "a.b.example.org"],
    ["shop", "more.example.com"],
    ["blog", "www.example.com"],
    ["blog", "blog.localhost"],
  ] as const;
  expect(
    await urlsOf(
      ctx,
      hosts.map(([id, hostname]) => ({ app: app(id), hostname })),
    ),
  ).toEqual([
    "https://www.example.com",
    "https://a.example.org",
    "http://a.b.example.org:8080",
    "https://more.example.com",
    "http://www.example.com:8080",
    "https://blog.localhost",
  ]);
  expect(asked).toEqual([["shop", "blog"]]);
});
