const {
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");

/**
 * Debian asks /usr/sbin/policy-rc.d before a package starts its service. While packages are being installed ours answers "no" for their
 * services, and hands every other question to the one that was there.
 *
 * INVARIANTS: it forbids only while the installer's lock is held, and the installer holds it itself (`heldBy`), so it lasts as long as an
 * installer whose set-up was killed, and not a moment longer · each change is one atomic rename or link · the original, if any, lies in
 * `.paas-original` from before ours takes its place until it is back.
 */
const places = { file: "/usr/sbin/policy-rc.d", lock: "/run/paas/installing.lock" };
const mark = "# made by the set-up of paas";

/**
 * The command line that runs an installer while it holds the lock; its children do not.
 * @param {string} command
 * @param {string[]} args
 * @param {string} [lock]
 * @returns {[command: string, args: string[]]}
 */
const holding = (command, args, lock = places.lock) => ["flock", ["-o", lock, command, ...args]];

/**
 * Runs `act` while the named services may not be started by installers run as `holding` says.
 * @template T
 * @param {string[]} services
 * @param {() => Promise<T>} act
 * @param {typeof places} [at]
 * @returns {Promise<T>}
 */
async function withoutStarting(services, act, at = places) {
  restorePolicy(at.file);
  if (existsSync(at.file)) linkSync(at.file, originalOf(at.file));
  const fresh = `${at.file}.paas-new`;
  writeFileSync(fresh, policyScript(services, at));
  chmodSync(fresh, 0o755);
  renameSync(fresh, at.file);
  try {
    return await act();
  } finally {
    restorePolicy(at.file);
  }
}

/**
 * Whether a set-up was killed while it installed; its installer may still be at work, or be half done.
 * @param {string} [file]
 */
const policyIsLeft = (file = places.file) => existsSync(file) && readFileSync(file, "utf8").includes(mark);

/**
 * Puts back what was there before, also after a set-up that was killed half-way. Nothing to do is fine.
 * @param {string} [file]
 */
function restorePolicy(file = places.file) {
  const original = originalOf(file);
  rmSync(`${file}.paas-new`, { force: true });
  const ours = policyIsLeft(file);
  if (existsSync(original) && (ours || !existsSync(file))) renameSync(original, file);
  else if (ours) rmSync(file);
  else rmSync(original, { force: true });
}

/** @param {string} file */
const originalOf = (file) => `${file}.paas-original`;

/**
 * The policy as a POSIX shell script: exit 101 forbids, 0 allows. Debian calls it with a service's name, with or without `.service`.
 * @param {string[]} services
 * @param {typeof places} at
 */
const policyScript = (services, { file, lock }) => `#!/bin/sh
${mark}: keeps services of packages that are being installed from starting; forbids nothing once that has ended
for word in "$@"; do case "$word" in -*) ;; *) name="$word"; break ;; esac; done
case "\${name%.service}" in
  ${services.join("|") || "none"}) flock -n '${lock}' true || exit 101 ;;
esac
[ -x '${originalOf(file)}' ] || exit 0
exec '${originalOf(file)}' "$@"
`;

module.exports = { holding, withoutStarting, policyIsLeft, restorePolicy, policyScript };
