import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { dataPaths } from "../../../core/data-paths";
import type { Ledger } from "../ledger";
import type { TestPlatform } from "../platform";
import { runProgram } from "../run-program";

interface Tip {
  appId: string;
  ref: string;
  commit: string;
}

/** Each deploy ref is the commit of the app's newest proven deploy; every app has a repository, and nobody else; no archive of a build that is over is kept. */
export async function repositoryBreaches(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const { repositories, sources } = dataPaths(platform.dataDir);
  const apps = await ledger.query<{ id: string }>("select id from apps");
  const wanted = apps.map(({ id }) => `${id}.git`);
  const found = readdirSync(repositories).filter((name) => name.endsWith(".git"));
  const archives = existsSync(sources) ? readdirSync(sources) : [];
  const tips = await ledger.query<Tip>(
    `select distinct on (app_id, ref) app_id as "appId", ref, commit from release_now
     where reason = 'deploy' and state = 'proven' and ref is not null order by app_id, ref, version desc`,
  );
  return [
    ...wanted.filter((name) => !found.includes(name)).map((name) => `there is no repository ${name}`),
    ...found.filter((name) => !wanted.includes(name)).map((name) => `repository ${name} is no app's`),
    ...archives.map((name) => `the source archive ${name} is kept`),
    ...(await Promise.all(tips.map((tip) => misplaced(repositories, tip)))).flat(),
  ];
}

async function misplaced(repositories: string, { appId, ref, commit }: Tip): Promise<string[]> {
  const words = ["--git-dir", join(repositories, `${appId}.git`), "rev-parse", "--verify", ref];
  const { stdout } = await runProgram("git", words, { env: { PATH: process.env.PATH ?? "" } });
  return stdout.trim() === commit
    ? []
    : [`${ref} of ${appId} is ${stdout.trim()}, the newest deploy ${commit}`];
}
