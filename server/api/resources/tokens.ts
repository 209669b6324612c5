import { invalid } from "../../../core/error";
import { type CreateToken, createTokenSchema } from "../../../core/wire";
import type { TokenWish } from "../../actions/access/tokens";
import type { Apps } from "../platform/apps";
import type { Tokens } from "../platform/tokens";
import { permitApp } from "../request/permit";
import { type Call, routesFor } from "../request/route";
import { tokenView } from "./views";

const { platformRoute } = routesFor<Tokens & Apps>();

export const tokensRoutes = [
  platformRoute({
    method: "get",
    path: "/tokens",
    verb: "tokens:write",
    async answer({ platform }) {
      return (await platform.listTokens()).map(tokenView);
    },
  }),
  platformRoute({
    method: "post",
    path: "/tokens",
    verb: "tokens:write",
    body: createTokenSchema,
    status: 201,
    async answer(call) {
      const { token, record } = await call.platform.createToken(call.actor, await wishOf(call));
      return { ...tokenView(record), token };
    },
  }),
  platformRoute({
    method: "delete",
    path: "/tokens/:id",
    verb: "tokens:write",
    answer: ({ platform, actor, param }) => platform.revokeToken(actor, param("id")),
  }),
];

async function wishOf({ platform, actor, body }: Call<Apps, CreateToken>): Promise<TokenWish> {
  if (body.app === undefined) {
    if (body.role !== undefined) throw invalid("A role belongs to one app: name the app as well.");
    return { name: body.name };
  }
  const app = await permitApp(platform, actor, "tokens:write", body.app);
  return { name: body.name, appId: app.id, role: body.role ?? "deployer" };
}
