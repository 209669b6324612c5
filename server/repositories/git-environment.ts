/**
 * Settings of every git process, given by environment and not by a repository's config file: so an upgrade of the platform reaches
 * existing repositories at once, and nothing written into a repository can be stale.
 */
const settings = (hooksDir: string): Record<string, string> => ({
  "core.hooksPath": hooksDir,
  "core.fsync": "committed",
  "core.fsyncMethod": "batch",
  "core.logAllRefUpdates": "true",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "protocol.version": "2",
  "transfer.fsckObjects": "true",
  "receive.fsckObjects": "true",
  // Historic accidents that real repositories carry; harmless to us, and a person cannot repair them without rewriting history.
  "receive.fsck.zeroPaddedFilemode": "warn",
  "receive.fsck.badTimezone": "warn",
  "receive.fsck.missingSpaceBeforeDate": "warn",
  "receive.procReceiveRefs": "refs",
  // Where uploads lie: ours to write, anybody's to read.
  "receive.hideRefs": "refs/paas",
  "receive.shallowUpdate": "false",
  "receive.autogc": "false",
  "receive.unpackLimit": "1000",
  "receive.keepAlive": "5",
  // One ref's refusal must not undo a deploy that has already happened, so all-or-nothing pushes cannot be promised.
  "receive.advertiseAtomic": "false",
  "receive.advertisePushOptions": "false",
  "uploadpack.allowFilter": "true",
  "uploadpack.keepAlive": "5",
});

export interface GitLimits {
  /** Largest pack that a push may bring, in bytes. */
  maxPackBytes: number;
}

/** The whole environment of a git process: nothing of our own environment (secrets, GIT_*, a person's ~/.gitconfig) reaches it. */
export function gitEnvironment(hooksDir: string, limits: GitLimits): Record<string, string> {
  const config = Object.entries({
    ...settings(hooksDir),
    "receive.maxInputSize": String(limits.maxPackBytes),
  });
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_COMMITTER_NAME: "paas",
    GIT_COMMITTER_EMAIL: "paas@localhost",
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
