/** Who may import whom (ARCHITECTURE.md); `npm run lint:imports` fails on any other arrow and on any cycle. */
const rooms = ["core", "buildpacks", "builder", "router", "cli", "server", "supervisor"];
const may = {
  core: [],
  buildpacks: ["core"],
  builder: ["core", "buildpacks"],
  router: ["core"],
  cli: ["core"],
  server: ["core"],
  supervisor: ["core"],
};
const room = (name) => ({
  name: `room-${name}`,
  severity: "error",
  comment: `${name} may import only: ${may[name].join(", ") || "nothing of ours"}`,
  from: { path: `^${name}/` },
  to: { path: `^(${rooms.filter((r) => r !== name && !may[name].includes(r)).join("|")})/` },
});
const doorway = (vendor, ...places) => ({
  name: `doorway-${vendor}`,
  severity: "error",
  comment: `${vendor} enters the house through ${places.join(", ")} only`,
  from: { path: `^(${rooms.join("|")})/`, pathNot: places.map((p) => `^${p}`) },
  to: { path: `node_modules/(@types/)?${vendor}/` },
});
const inServer = (folder, ...allowed) => ({
  name: `server-${folder}`,
  severity: "error",
  comment: `inside server: api, git -> actions -> store, queue, scheduler; scheduler -> engines, routes, store`,
  from: { path: `^server/${folder}/` },
  to: { path: "^server/", pathNot: [folder, ...allowed].map((f) => `^server/${f}/`) },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...rooms.map(room),
    doorway("dockerode", "server/engines/docker/", "builder/image"),
    doorway("pg", "server/store/"),
    doorway("express", "server/api/"),
    doorway("node-git-server", "server/git/fetch-by-library"),
    doorway("bullmq", "server/queue/", "builder/queue/"),
    doorway(
      "ioredis",
      "server/queue/",
      "server/routes/",
      "router/feed",
      "router/table-feed",
      "builder/queue/",
    ),
    inServer("store"),
    inServer("engines"),
    inServer("acme", "store"),
    inServer("pages"),
    inServer("queue"),
    inServer("repositories"),
    inServer("routes"),
    inServer("logs", "engines"),
    inServer("scheduler", "engines", "routes", "store", "logs"),
    inServer(
      "actions",
      "acme",
      "pages",
      "store",
      "repositories",
      "queue",
      "scheduler",
      "engines",
      "routes",
      "logs",
    ),
    inServer("git", "actions", "store", "repositories"),
    inServer("api", "actions", "store", "git", "logs"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|test|bench|fixtures)/" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
