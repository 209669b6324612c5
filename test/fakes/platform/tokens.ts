import { notFound } from "../../../core/error";
import type { Tokens } from "../../../server/api/platform/tokens";
import { at, type World } from "./world";

export const fakeTokens = (world: World): Tokens => ({
  authenticate: async (token) => world.actors.get(token) ?? null,
  listTokens: async () => world.tokens,
  async createToken(_actor, { name, appId = null, role = null }) {
    const id = `t${world.tokens.length + 1}`;
    const admin = appId === null;
    const appName = world.kept.get(appId ?? "")?.app.name ?? null;
    const record = { id, name, admin, appId, appName, role, createdAt: at };
    world.tokens.push(record);
    world.actors.set(`paas_${id}`, { name, admin, apps: appId && role ? { [appId]: role } : {} });
    return { token: `paas_${id}`, record };
  },
  async revokeToken(_actor, id) {
    const index = world.tokens.findIndex((token) => token.id === id);
    if (index < 0) throw notFound(`There is no token ${id}: paas tokens lists them.`);
    world.tokens.splice(index, 1);
  },
});
