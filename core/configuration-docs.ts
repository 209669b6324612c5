import type { SettingRow } from "./setting-rows";

/** The text of docs/configuration.md. */
export function configurationDocs(rows: SettingRow[]): string {
  const table = rows.map(({ name, shown, about }) => `| \`${name}\` | ${shown} | ${about} |`);
  return `# Configuration

All settings come from the environment and are read once, when the platform starts; faults are told all in one message.
This page is made from \`core/settings.ts\` by \`node scripts/configuration-docs.js\`.

| Setting | Default | What it does |
|---|---|---|
${table.join("\n")}

An empty value counts as unset. To change a setting: \`paas down\`, then \`paas up --detach\` with the new value in the environment.
Ports below 1024 need root.

## Databases

The embedded PostgreSQL and Redis listen on Unix sockets only, in \`<data>/sockets\` (where that path is too long for a socket: in
\`/run/paas-<hash>\` as root, else in \`/tmp/paas-<uid>-<hash>\`). As root they run as the system user \`paas\`, which is made when it is
missing and must be able to enter the data directory. How to reach them stands in \`<data>/run/database-url\` and
\`<data>/run/redis-url\` (0600). PostgreSQL needs no password: it asks the kernel who connects.

\`REDIS_URL\` can be \`redis://[user:password@]host[:port][/db]\`, \`rediss://...\` (TLS), or
\`unix:///path/to/redis.sock[?password=...&db=N]\`. BullMQ needs \`maxmemory-policy noeviction\` there.

## Files of the data directory

| File | What it is |
|---|---|
| \`platform-id\` | Made once; labels every container, network and image of this platform. |
| \`secret.key\` | Made once; encrypts config vars and private keys. Back it up apart from the database. |
| \`admin.token\` | The first admin token; the CLI of this user reads it. |
| \`logs/<role>.log\` | What each role tells its operator; rotated at 10 MB, one old file is kept. |
| \`ballast\` | Takes up space (\`PAAS_BALLAST\`) until the disk is full; then it is removed, so that the databases can write, and made again when there is room. |
| \`run/supervisor.json\` | What runs: pids, since when, how often restarted. |
`;
}
