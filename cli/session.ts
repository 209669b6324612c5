import { invalid } from "../core/error";
import { appOfRemote } from "./git-remote";
import { HttpClient } from "./http-client";
import { chooseServer } from "./server";
import { harmless } from "./table";
import type { World } from "./world";

/** What a command works with: the platform, the app that is meant, and where to print. */
export class Session {
  #api: HttpClient | undefined;
  readonly #notices: string[] = [];

  constructor(
    readonly world: World,
    private readonly appFlag: string | undefined,
  ) {}

  /** The platform that is meant; found at first use. */
  get api(): HttpClient {
    this.#api ??= new HttpClient(chooseServer(this.world.settings), this.world.version, (text) =>
      this.#notices.push(text),
    );
    return this.#api;
  }

  /** Says what the platform had to say beside its answers; at the end of a command, so that it stands alone. */
  tellNotices(): void {
    this.note(...this.#notices.splice(0).map((text) => ` !    ${text}`));
  }

  /** The app's name: a word of the command, else -a, else PAAS_APP, else the git remote paas. Throws `invalid` when none says it. */
  async app(word?: string): Promise<string> {
    const name = word ?? this.appFlag ?? this.world.settings.app ?? (await appOfRemote(this.world.cwd));
    if (name) return name;
    throw invalid(
      "Which app? Name it with -a, or run this in a repository with the git remote paas (paas git:remote -a APP).",
    );
  }

  /** The API's path of the app. */
  async appPath(rest = "", word?: string): Promise<string> {
    return appPath(await this.app(word), rest);
  }

  /** Results: to stdout. */
  print(...lines: string[]): void {
    for (const line of lines) this.world.stdout.write(`${harmless(line)}\n`);
  }

  printJson(value: unknown): void {
    this.world.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** What people should know beside the results: to stderr. */
  note(...lines: string[]): void {
    for (const line of lines) this.world.stderr.write(`${harmless(line)}\n`);
  }
}

export const appPath = (app: string, rest = ""): string => `/apps/${encodeURIComponent(app)}${rest}`;
