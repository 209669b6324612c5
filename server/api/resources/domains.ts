import { addDomainSchema } from "../../../core/wire";
import type { Addresses } from "../platform/addresses";
import type { Domains } from "../platform/domains";
import { routesFor } from "../request/route";
import { domainViews } from "./views";

const { appRoute } = routesFor<Domains & Addresses>();

export const domainsRoutes = [
  appRoute({
    method: "get",
    path: "/domains",
    verb: "app:read",
    async answer({ platform, app }) {
      return domainViews(platform, app, [platform.hostnameOf(app), ...(await platform.listDomains(app))]);
    },
  }),
  appRoute({
    method: "post",
    path: "/domains",
    verb: "domains:write",
    body: addDomainSchema,
    status: 201,
    async answer({ platform, actor, app, body }) {
      const [added] = await domainViews(platform, app, [await platform.addDomain(actor, app, body.hostname)]);
      return added;
    },
  }),
  appRoute({
    method: "delete",
    path: "/domains/:hostname",
    verb: "domains:write",
    answer: ({ platform, actor, app, param }) => platform.removeDomain(actor, app, param("hostname")),
  }),
];
