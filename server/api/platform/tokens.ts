import type { Actor } from "../../../core/policy";
import { authenticate } from "../../actions/access/authenticate";
import { createToken, revokeToken, type TokenWish } from "../../actions/access/tokens";
import type { Context } from "../../actions/context";
import type { TokenRecord } from "../../store/tokens";

/** Who may ask for what. */
export interface Tokens {
  /** Whose token it is; null when it is nobody's. */
  authenticate(token: string): Promise<Actor | null>;
  listTokens(): Promise<TokenRecord[]>;
  /** The token itself is told here only. */
  createToken(actor: Actor, wish: TokenWish): Promise<{ token: string; record: TokenRecord }>;
  revokeToken(actor: Actor, id: string): Promise<void>;
}

export const tokensOf = (ctx: Context): Tokens => ({
  authenticate: (token) => authenticate(ctx, token),
  listTokens: () => ctx.store.tokens.list(),
  createToken: (...args) => createToken(ctx, ...args),
  revokeToken: (...args) => revokeToken(ctx, ...args),
});
