import { redisOptions, redisSocketUrl } from "../../../core/redis-url";

test("a Unix socket with a password round-trips", () => {
  expect(redisOptions(redisSocketUrl("/run/paas 1/redis.sock", "p&=%?#/w"))).toEqual({
    path: "/run/paas 1/redis.sock",
    password: "p&=%?#/w",
    db: 0,
  });
});

test.each([
  ["redis://localhost", { host: "localhost", port: 6379, db: 0 }],
  ["redis://:s%40crt@10.0.0.1:7000/3", { host: "10.0.0.1", port: 7000, db: 3, password: "s@crt" }],
  ["rediss://me:pw@[::1]/0", { host: "::1", port: 6379, db: 0, username: "me", password: "pw", tls: {} }],
  ["unix:///tmp/r.sock?db=2", { path: "/tmp/r.sock", db: 2 }],
])("%s", (url, options) => {
  expect(redisOptions(url)).toEqual(options);
});

test.each(["", "http://x", "redis://", "unix://", "redis://h/x-secret", "nonsense secret"])(
  "refuses %j without showing it",
  (url) => {
    expect(() => redisOptions(url)).toThrow(/^REDIS_URL/);
    expect(() => redisOptions(url)).not.toThrow(/secret/);
  },
);
