import type { CommandName } from "./catalogue";

/** What Heroku and Dokku call what is done here by another command. */
const commands = new Map<string, CommandName>(
  Object.entries({
    "access:add": "tokens:create",
    "access:remove": "tokens:revoke",
    "apps:create": "create",
    "apps:destroy": "destroy",
    "apps:list": "apps",
    "apps:open": "open",
    "apps:report": "apps:info",
    "auth:login": "login",
    "auth:logout": "logout",
    "auth:token": "tokens:create",
    "auth:whoami": "whoami",
    "builder:set": "builds:set",
    "builds:create": "deploy",
    "builds:list": "builds",
    "certs:generate": "certs:auto",
    "config:clear": "config:unset",
    "config:edit": "config:import",
    "config:show": "config",
    "cron:list": "cron",
    "domains:clear": "domains:remove",
    "domains:report": "domains",
    enter: "run",
    "git:from-archive": "deploy",
    "git:from-image": "deploy",
    info: "apps:info",
    letsencrypt: "certs:auto",
    "letsencrypt:enable": "certs:auto",
    "logs:failed": "builds:output",
    "nginx:set": "http:set",
    "pipelines:promote": "promote",
    "ps:exec": "run",
    "ps:kill": "ps:stop",
    "ps:list": "ps",
    "ps:rebuild": "rebuild",
    "ps:report": "ps",
    "ps:resize": "resource:limit",
    "ps:type": "resource:limit",
    "releases:rollback": "rollback",
    "resource:report": "resource:limit",
    restart: "ps:restart",
    "run:inside": "run",
    scale: "ps:scale",
    "ssh-keys:add": "tokens:create",
    stop: "ps:stop",
  } satisfies Record<string, CommandName>),
);

const services =
  "Databases and other services are not run here: have them elsewhere, and set their address (paas config:set DATABASE_URL=...).";
const volumes =
  "Apps have no volumes: what they keep belongs into a database or an object store, by its address (paas config:set ...).";

/** First words of commands for what is not to be had here. */
const missing = new Map(
  Object.entries({
    addons: services,
    mongo: services,
    mysql: services,
    pg: services,
    postgres: services,
    redis: services,
    storage: volumes,
  }),
);

/** What somebody may be told who types another platform's command (`apps:create`, or its words); undefined for others. */
export function elsewhere(first: string, second: string): string | undefined {
  const name = commands.get(`${first}:${second}`) ?? commands.get(first);
  return name === undefined ? missing.get(first.split(":", 1)[0] ?? "") : `Here it is paas ${name}.`;
}
