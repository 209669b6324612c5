import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { markIn } from "./mark";
import { unlessGone } from "./unless-gone";

/** What an engine wrote down of a build step before it started it. */
export interface StepNote {
  /** Null: no build of a platform. */
  mark: string | null;
  /** Where its root file system is mounted until it is its own. */
  root: string;
  /** Directories outside of its layer that it may write to: its caches. */
  caches: string[];
}

const noteSchema = z.object({
  mounts: z.array(
    z.object({
      destination: z.string(),
      source: z.string().optional(),
      type: z.string().optional(),
      options: z.array(z.string()).nullish(),
    }),
  ),
});
type Mount = z.infer<typeof noteSchema>["mounts"][number];

/** The notes that an engine keeps on the steps under way, where none of these can change them. */
export class StepNotes {
  readonly directory: string;

  /** `dataDir` is the engine's. */
  constructor(readonly dataDir: string) {
    this.directory = join(dataDir, "buildkit/executor");
  }

  /** Whether this engine keeps them where it is looked for them. */
  async there(): Promise<boolean> {
    return (await unlessGone(stat(this.directory))) !== null;
  }

  /** Null for a step that is over. */
  async read(step: string): Promise<StepNote | null> {
    const root = join(this.directory, step, "rootfs");
    const text = await unlessGone(readFile(join(this.directory, step, "config.json"), "utf8"));
    if (text === null) return null;
    const { mounts } = noteSchema.parse(JSON.parse(text));
    const hosts = mounts.find((mount) => this.#isHosts(mount))?.source;
    const marked = hosts === undefined ? null : await unlessGone(readFile(hosts, "utf8"));
    const caches = mounts.flatMap((mount) => (this.#isCache(mount) && mount.source ? [mount.source] : []));
    return { mark: marked === null ? null : markIn(marked), root, caches };
  }

  /** A Dockerfile can mount a file of its own there, but none of the engine's. */
  #isHosts({ destination, source = "" }: Mount): boolean {
    return (
      destination === "/etc/hosts" &&
      dirname(source) === this.directory &&
      basename(source).startsWith("hosts.")
    );
  }

  #isCache({ type, source = "", options }: Mount): boolean {
    const readOnly = options?.includes("ro") ?? false;
    return type === "bind" && !readOnly && source.startsWith(`${this.dataDir}/`);
  }
}
