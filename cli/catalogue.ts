/** Every command and what it does; `ps:scale` lives in commands/ps/scale.ts. Loading one loads no other. */
export const catalogue = {
  up: "start the platform on this machine",
  down: "stop the platform on this machine",
  status: "show whether the platform runs",
  login: "log in to a platform",
  logout: "forget the login",
  whoami: "show who you are logged in as",
  apps: "list the apps you can see",
  "apps:info": "show an app",
  create: "create an app and add the git remote paas",
  destroy: "destroy an app with all it has",
  open: "print an app's URL, and open it in a browser",
  "git:remote": "add or change the git remote paas",
  config: "show config vars",
  "config:get": "print one config var",
  "config:set": "set config vars and restart",
  "config:unset": "remove config vars and restart",
  ps: "list instances",
  "ps:scale": "change how many instances run",
  "ps:drain": "show or set how long old instances finish what they serve",
  run: "run a one-off command in a new container",
  logs: "show or follow logs",
  releases: "list releases",
  "releases:info": "show a release",
  "releases:output": "show or follow what a release command said",
  rollback: "go back to an earlier release",
  builds: "list builds",
  "builds:info": "show a build",
  "builds:output": "show or follow a build's output",
  domains: "list an app's domains",
  "domains:add": "add a domain",
  "domains:remove": "remove a domain",
  tokens: "list API tokens",
  "tokens:create": "create an API token",
  "tokens:revoke": "revoke an API token",
  help: "show help on paas or one command",
} as const;

export type CommandName = keyof typeof catalogue;
export const commandNames = Object.keys(catalogue) as CommandName[];

export const isCommand = (name: string): name is CommandName => Object.hasOwn(catalogue, name);
