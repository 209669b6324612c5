import { replaceEnvironment } from "../../server/environment";

test("nothing stays of the environment that was there", () => {
  const env: NodeJS.ProcessEnv = { DATABASE_URL: "postgres://u:secret@h/d", PATH: "/mine", GIT_DIR: "/x" };
  replaceEnvironment(env, { PATH: "/usr/bin", HOME: "/nonexistent" });
  expect(env).toEqual({ PATH: "/usr/bin", HOME: "/nonexistent" });
});
