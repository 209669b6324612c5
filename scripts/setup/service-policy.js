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
 * INVARIANTS: it is inert once its process has ended, so a killed set-up forbids nothing · each change is one atomic rename or
 * link · the original, if any, lies in `.paas-original` from before ours takes its place until it is back.
 */
const defaultFile = "/usr/sbin/policy-rc.d";
const mark = "# made by the set-up of paas";

/**
 * Runs `act` while the named services may not be started.
 * @template T
 * @param {string[]} services
 * @param {() => Promise<T>} act
 * @param {string} [file]
 * @returns {Promise<T>}
 */
async function withoutStarting(services, act, file = defaultFile) {
  restorePolicy(file);
  if (existsSync(file)) linkSync(file, originalOf(file));
  const fresh = `${file}.paas-new`;
  writeFileSync(fresh, policyScript(services, file, process.pid, startTimeOf(process.pid)));
  chmodSync(fresh, 0o755);
  renameSync(fresh, file);
  try {
    return await act();
  } finally {
    restorePolicy(file);
  }
}

/**
 * Puts back what was there before, also after a set-up that was killed half-way. Nothing to do is fine.
 * @param {string} [file]
 */
function restorePolicy(file = defaultFile) {
  const original = originalOf(file);
  rmSync(`${file}.paas-new`, { force: true });
  const ours = existsSync(file) && readFileSync(file, "utf8").includes(mark);
  if (existsSync(original) && (ours || !existsSync(file))) renameSync(original, file);
  else if (ours) rmSync(file);
  else rmSync(original, { force: true });
}

/** @param {string} file */
const originalOf = (file) => `${file}.paas-original`;

/**
 * The policy as a POSIX shell script: exit 101 forbids, 0 allows. Debian calls it with a service's name, with or without `.service`.
 * @param {string[]} services
 * @param {string} file
 * @param {number} pid  of the set-up it serves ...
 * @param {string} startTime  ... and field 22 of its /proc/<pid>/stat, since pids are used again
 */
function policyScript(services, file, pid, startTime) {
  return `#!/bin/sh
${mark}: keeps services of packages that are being installed from starting; inert once the set-up has ended
for word in "$@"; do case "$word" in -*) ;; *) name="$word"; break ;; esac; done
started=$(sed 's/.*) //' /proc/${pid}/stat 2>/dev/null | cut -d' ' -f20)
if [ "$started" = ${startTime} ]; then
  case "\${name%.service}" in ${services.join("|") || "none"}) exit 101 ;; esac
fi
[ -x ${originalOf(file)} ] || exit 0
exec ${originalOf(file)} "$@"
`;
}

/** @param {number} pid */
function startTimeOf(pid) {
  return (
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19] ?? ""
  );
}

module.exports = { withoutStarting, restorePolicy, policyScript, startTimeOf };
