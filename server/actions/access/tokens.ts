import { invalid, notFound } from "../../../core/error";
import type { Actor, Role } from "../../../core/policy";
import type { TokenRecord } from "../../store/tokens";
import type { Context } from "../context";

export interface TokenWish {
  name: string;
  appId?: string;
  role?: Role;
}

/** A token for everything, or for one app in a role (deployer unless said). The token itself is shown this once. */
export async function createToken(
  ctx: Context,
  _actor: Actor,
  wish: TokenWish,
): Promise<{ token: string; record: TokenRecord }> {
  if (wish.role !== undefined && wish.appId === undefined)
    throw invalid("A role is for one app: name it too, or leave the role out for an admin's token.");
  const grant = wish.appId === undefined ? null : { appId: wish.appId, role: wish.role ?? "deployer" };
  return ctx.store.tokens.create(wish.name, grant);
}

export async function revokeToken(ctx: Context, _actor: Actor, id: string): Promise<void> {
  if (!(await ctx.store.tokens.revoke(id))) throw notFound(`There is no token ${id}: see paas tokens.`);
}
