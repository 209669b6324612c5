import type { Addresses } from "../../../server/api/platform/addresses";

export const fakeAddresses: Addresses = {
  urlsOf: async (hosts) => hosts.map(({ hostname }) => `http://${hostname}:8080`),
  hostnameOf: (app) => `${app.name}.localhost`,
  gitUrlOf: (app) => `http://127.0.0.1:8081/git/${app.name}.git`,
};
