import { readSettings } from "../../../core/settings";

const root = { uid: 0, home: "/root" };
const read = (env: Record<string, string>) => readSettings(env, root);

test("defaults", () => {
  expect(read({})).toMatchObject({
    dataDir: "/var/lib/paas",
    domain: "localhost",
    httpPort: 8080,
    apiPort: 8081,
    bind: "127.0.0.1",
    addressPool: "10.213.0.0/16",
    keptReleases: 10,
    dockerHost: "unix:///var/run/docker.sock",
    databaseUrl: undefined,
  });
  expect(readSettings({}, { uid: 1000, home: "/home/ann" }).dataDir).toBe("/home/ann/.paas");
});

test("an empty value counts as unset", () => {
  expect(read({ PAAS_HTTP_PORT: "", PAAS_DATA_DIR: "" })).toEqual(read({}));
});

test("values are read", () => {
  const settings = read({
    PAAS_DATA_DIR: "/srv//paas/",
    PAAS_HTTP_PORT: "80",
    PAAS_BIND: "::1",
    DATABASE_URL: "postgres://h/d",
  });
  expect(settings).toMatchObject({ dataDir: "/srv/paas", httpPort: 80, bind: "::1" });
  expect(settings.databaseUrl?.reveal()).toBe("postgres://h/d");
});

test.each([
  ["PAAS_DATA_DIR", "relative/path"],
  ["PAAS_DATA_DIR", "/"],
  ["PAAS_DATA_DIR", "/srv/../etc"],
  ["PAAS_DATA_DIR", "/srv/a\nb"],
  ["PAAS_HTTP_PORT", "0"],
  ["PAAS_KEEP_RELEASES", "0"],
  ["PAAS_KEEP_RELEASES", "all"],
  ["PAAS_HTTP_PORT", "65536"],
  ["PAAS_HTTP_PORT", "0x50"],
  ["PAAS_HTTP_PORT", "80 "],
  ["PAAS_DOMAIN", "Example.com"],
  ["PAAS_DOMAIN", "http://x"],
  ["PAAS_BIND", "localhost"],
  ["PAAS_PROXY_PROTOCOL", "tcp"],
  ["PAAS_ADDRESS_POOL", "10.213.0.0"],
  ["PAAS_ADDRESS_POOL", "10.213.0.0/27"],
  ["PAAS_ADDRESS_POOL", "10.300.0.0/16"],
  ["DATABASE_URL", "mysql://user:secret@h/d"],
  ["REDIS_URL", "http://:secret@h"],
  ["DOCKER_HOST", "ssh://h"],
  ["PAAS_SECRET_KEY", "secret"],
])("refuses %s=%j, naming it and not its value", (name, value) => {
  expect(() => read({ [name]: value })).toThrow(new RegExp(`^Settings cannot be used:\\n {2}${name} must`));
  expect(() => read({ [name]: value })).not.toThrow(/secret@|: secret|=secret/);
});

test("all faults come in one message", () => {
  const wrong = { PAAS_HTTP_PORT: "x", PAAS_BIND: "y", PAAS_SECRET_KEY: "z" };
  expect(() => read(wrong)).toThrow(/PAAS_HTTP_PORT.*PAAS_BIND.*PAAS_SECRET_KEY/s);
});

test("the two ports must differ", () => {
  expect(() => read({ PAAS_HTTP_PORT: "8081" })).toThrow(/both 8081/);
});

test("trusted proxies are ranges, and the PROXY protocol wants some", () => {
  const proxies = { PAAS_TRUSTED_PROXIES: "10.0.0.1, 2001:DB8::/32" };
  expect(read({ ...proxies, PAAS_PROXY_PROTOCOL: "http,https" })).toMatchObject({
    trustedProxies: ["10.0.0.1/32", "2001:db8::/32"],
    proxyProtocol: ["http", "https"],
  });
  expect(() => read({ PAAS_TRUSTED_PROXIES: "10.0.0.0/40" })).toThrow(
    'PAAS_TRUSTED_PROXIES "10.0.0.0/40" is no range',
  );
  expect(() => read({ PAAS_PROXY_PROTOCOL: "http" })).toThrow("needs PAAS_TRUSTED_PROXIES");
});
