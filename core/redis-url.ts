import { invalid } from "./error";

/**
 * What ioredis and BullMQ take as connection options; spread it: `new Redis({...redisOptions(url), lazyConnect: true})`.
 * Their own URL parsers know no Unix socket with a password, so every room goes through this one.
 */
export interface RedisOptions {
  /** Unix socket; then host and port are absent. */
  path?: string;
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  db: number;
  tls?: Record<string, never>;
}

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `rediss://...` (TLS), or `unix:///path/redis.sock[?password=...&db=N]`.
 * Throws `invalid` without showing the URL, which may hold a password.
 */
export function redisOptions(url: string): RedisOptions {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "unix:" && parsed.pathname.length > 1) return socketOptions(parsed);
  if ((parsed?.protocol === "redis:" || parsed?.protocol === "rediss:") && parsed.hostname !== "")
    return networkOptions(parsed);
  throw invalid(
    "REDIS_URL cannot be read: use redis://[:password@]host[:port][/db] or unix:///path/to.sock[?password=...]",
  );
}

/** The URL of a Redis behind a Unix socket, as `redisOptions` reads it. */
export function redisSocketUrl(path: string, password: string): string {
  const url = new URL("unix:///");
  url.pathname = path;
  url.searchParams.set("password", password);
  return url.href;
}

function socketOptions(url: URL): RedisOptions {
  const password = url.searchParams.get("password");
  return {
    path: decodeURIComponent(url.pathname),
    db: databaseNumber(url.searchParams.get("db")),
    ...(password ? { password } : {}),
  };
}

function networkOptions(url: URL): RedisOptions {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 6379 : Number(url.port),
    db: databaseNumber(url.pathname.slice(1)),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
  };
}

function databaseNumber(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^\d{1,5}$/.test(text))
    throw invalid("REDIS_URL's database must be a number, as in redis://host:6379/0");
  return Number(text);
}
