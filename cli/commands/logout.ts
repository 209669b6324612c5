import { existsSync } from "node:fs";
import { defineCommand } from "../command";
import { dropCredentials } from "../git-remote";
import { readLogin, removeLogin } from "../login-file";

export const command = defineCommand({
  words: "",
  flags: {},
  async run(session) {
    const { cwd, settings } = session.world;
    const login = readLogin(settings.configDir);
    if (!login) return session.note("You were not logged in.");
    if (existsSync(settings.configDir)) await dropCredentials(cwd, login.server, settings.configDir);
    removeLogin(settings.configDir);
    session.note(
      `Logged out of ${login.server}. The token itself stays good until it is revoked: paas tokens:revoke`,
    );
  },
});
