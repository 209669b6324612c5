import { changeBuildpacks, indexFlag, placeOf } from "../../buildpack-change";
import { appFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "BUILDPACK",
  flags: { ...appFlag, ...indexFlag },
  about:
    "BUILDPACK is a git address (with #branch, #tag or #commit), the address of a .tgz, a name such as heroku/nodejs, or inline:\nthe app's own bin/detect and bin/compile. A password in it is the name of build config: 'https://me:$TOKEN@example.com/b.git'.\nSeveral build one after the other; the last says what is started. Without --index it runs after the others.",
  run: (session, [buildpack = ""], { index }) =>
    changeBuildpacks(session, "Buildpack added", { act: "add", buildpack, index: placeOf(index) }),
});
