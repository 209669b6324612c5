import { changeBuildpacks } from "../../buildpack-change";
import { appFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "",
  flags: appFlag,
  run: (session) => changeBuildpacks(session, "Buildpacks cleared", { act: "clear" }),
});
