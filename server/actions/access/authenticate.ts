import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** Who a token stands for; null when it stands for nobody. */
export async function authenticate(ctx: Context, token: string): Promise<Actor | null> {
  const record = await ctx.store.tokens.byToken(token);
  if (!record) return null;
  const apps = record.appId !== null && record.role !== null ? { [record.appId]: record.role } : {};
  return { name: record.name, admin: record.admin, apps };
}
