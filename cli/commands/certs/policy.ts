import type { TlsPolicyView } from "../../../core/wire";
import { certificateHolder, holderFlags } from "../../certificate-holder";
import { defineCommand, jsonFlag } from "../../command";
import { fields } from "../../table";

export const command = defineCommand({
  words: "",
  flags: {
    ...holderFlags,
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
    const { flag, path } = await certificateHolder(session, flags);
    const change = { redirect: flags.redirect, hsts: flags.hsts };
    const asked = flags.redirect === undefined && flags.hsts === undefined;
    const { previous, ...policy } = asked
      ? await session.api.get<TlsPolicyView>(path("/tls"))
      : await session.api.patch<TlsPolicyView>(path("/tls"), change);
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
        `To undo: paas certs:policy --redirect ${previous.redirect} --hsts ${previous.hsts} ${flag}`,
      );
  },
});
