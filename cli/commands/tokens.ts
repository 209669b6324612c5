import type { TokenView } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import { columns } from "../table";
import { when } from "../time";

export const command = defineCommand({
  words: "",
  flags: jsonFlag,
  async run(session, _words, flags) {
    const tokens = await session.api.get<TokenView[]>("/tokens");
    if (flags.json) return session.printJson(tokens);
    if (tokens.length === 0)
      return session.note("There are no tokens. Make one: paas tokens:create NAME --app APP --role deployer");
    const rows = tokens.map((token) => [
      token.id,
      token.name,
      rights(token),
      when(token.createdAt, session.world.now()),
    ]);
    session.print("=== Tokens", "", ...columns(rows));
  },
});

const rights = ({ admin, app, role }: TokenView): string =>
  admin ? "admin" : `${role} of ${app ?? "an app that is gone"}`;
