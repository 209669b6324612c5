import { addDomainSchema } from "../../core/wire";
import { appRoute } from "./route";
import { domainView } from "./views";

export const domainsRoutes = [
  appRoute({
    method: "get",
    path: "/domains",
    verb: "app:read",
    async answer({ platform, app }) {
      const custom = await platform.listDomains(app);
      return Promise.all([
        domainView(platform, app, platform.hostnameOf(app), false),
        ...custom.map((hostname) => domainView(platform, app, hostname, true)),
      ]);
    },
  }),
  appRoute({
    method: "post",
    path: "/domains",
    verb: "domains:write",
    body: addDomainSchema,
    status: 201,
    async answer({ platform, actor, app, body }) {
      return domainView(platform, app, await platform.addDomain(actor, app, body.hostname), true);
    },
  }),
  appRoute({
    method: "delete",
    path: "/domains/:hostname",
    verb: "domains:write",
    answer: ({ platform, actor, app, param }) => platform.removeDomain(actor, app, param("hostname")),
  }),
];
