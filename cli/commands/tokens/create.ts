import { invalid } from "../../../core/error";
import type { CreateToken, TokenView } from "../../../core/wire";
import { defineCommand, jsonFlag } from "../../command";

const roles = ["viewer", "deployer", "owner"] as const;

export const command = defineCommand({
  words: "NAME",
  flags: {
    ...jsonFlag,
    app: {
      type: "string",
      short: "a",
      about: "the one app it is good for; without: an admin's token for everything",
    },
    role: { type: "string", about: "viewer, deployer (the default) or owner" },
  },
  about:
    "A viewer sees the app, a deployer also pushes and changes it, an owner also has its domains and may destroy it.\n" +
    "The token is printed once, to stdout; only its hash is kept.",
  async run(session, [name = ""], flags) {
    const role = roles.find((known) => known === flags.role);
    if (flags.role !== undefined && !role)
      throw invalid(`There is no role ${flags.role}: use ${roles.join(", ")}.`);
    const wish: CreateToken = {
      name,
      ...(flags.app !== undefined && { app: flags.app }),
      ...(role && { role }),
    };
    const made = await session.api.post<TokenView>("/tokens", wish);
    if (flags.json) session.printJson(made);
    else session.print(made.token ?? "");
    session.note(`This is the only time the token is shown. To revoke it: paas tokens:revoke ${made.id}`);
  },
});
