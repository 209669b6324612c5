import { invalid } from "../../../core/error";
import { changeBuildpacks, indexFlag, placeOf } from "../../buildpack-change";
import { appFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "[BUILDPACK]",
  flags: { ...appFlag, ...indexFlag },
  async run(session, [buildpack], flags) {
    const index = placeOf(flags.index);
    if (buildpack !== undefined && index === undefined)
      return changeBuildpacks(session, "Buildpack removed", { act: "remove", buildpack });
    if (buildpack === undefined && index !== undefined)
      return changeBuildpacks(session, "Buildpack removed", { act: "remove-at", index });
    throw invalid("Say which buildpack: either its name or its --index, not both.");
  },
});
