import { changeBuildpacks, indexFlag, placeOf } from "../../buildpack-change";
import { appFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "BUILDPACK",
  flags: { ...appFlag, ...indexFlag },
  about: "Without --index it takes the place of the first.",
  run: (session, [buildpack = ""], { index }) =>
    changeBuildpacks(session, "Buildpack set", { act: "set", buildpack, index: placeOf(index) }),
});
