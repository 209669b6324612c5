import type { TlsPolicyView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";
import { fields } from "../../table";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...jsonFlag,
    redirect: {
      type: "string",
      about: "on: send http to https, for hosts with a certificate (the default); off",
    },
    hsts: {
      type: "string",
      about: "Strict-Transport-Security: off (the default), 180d, 730d,subdomains,preload",
    },
  },
  about: "Browsers remember HSTS for as long as it says and take no http in that time: begin with 1d.",
  async run(session, _words, flags) {
    const app = await session.app();
    const path = appPath(app, "/tls");
    const change = { redirect: flags.redirect, hsts: flags.hsts };
    const asked = flags.redirect === undefined && flags.hsts === undefined;
    const { previous, ...policy } = asked
      ? await session.api.get<TlsPolicyView>(path)
      : await session.api.patch<TlsPolicyView>(path, change);
    if (flags.json) session.printJson(policy);
    else
      session.print(
        ...fields([
          ["http to https", policy.redirect],
          ["HSTS", policy.hsts],
        ]),
      );
    if (!asked)
      session.note(
        `To undo: paas certs:policy --redirect ${previous.redirect} --hsts ${previous.hsts} -a ${app}`,
      );
  },
});
