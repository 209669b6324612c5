import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { invalid } from "../../../core/error";
import type { HttpView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath, type Session } from "../../session";

export const command = defineCommand({
  words: "[USER]",
  flags: {
    ...appFlag,
    ...jsonFlag,
    "password-stdin": {
      type: "boolean",
      about: "read the password from standard input, instead of making one",
    },
    remove: {
      type: "boolean",
      about: "take USER away; when the last one has gone, nobody is asked any more",
    },
  },
  about:
    "With a USER, every request to the app wants a name and a password (basic auth). The password is made and told once; the platform keeps its\n" +
    "hash only. The same USER again gets a new one.",
  async run(session, [name], flags) {
    if (name === undefined && (flags.remove || flags["password-stdin"]))
      throw invalid("Which user? Write paas http:auth USER, with --remove to take that one away.");
    const app = await session.app();
    const view =
      name === undefined
        ? await session.api.get<HttpView>(appPath(app, "/http"))
        : await change(session, app, name, flags);
    if (flags.json) session.printJson(view.users);
    else if (name === undefined)
      session.print(...(view.users.length > 0 ? view.users : ["Nobody is asked."]));
  },
});

async function change(
  session: Session,
  app: string,
  name: string,
  flags: { "password-stdin"?: boolean; remove?: boolean },
): Promise<HttpView> {
  if (flags.remove && flags["password-stdin"])
    throw invalid("--remove wants no password: leave --password-stdin out.");
  const given = flags["password-stdin"] ? (await text(session.world.stdin)).replace(/\r?\n$/, "") : undefined;
  const password = flags.remove ? null : (given ?? randomBytes(15).toString("base64url"));
  const view = await Progress.of(
    session.world,
    flags.remove ? `Taking ${name} away from ${app}` : `Letting ${name} in to ${app}`,
    () => session.api.patch<HttpView>(appPath(app, "/http/users"), { name, password }),
  );
  if (password !== null && given === undefined)
    session.note(`Password of ${name}, told this once: ${password}`);
  if (password === null)
    session.note(`To let ${name} in again, with a new password: paas http:auth ${name} -a ${app}`);
  else session.note(`To undo: paas http:auth ${name} --remove -a ${app}`);
  return view;
}
