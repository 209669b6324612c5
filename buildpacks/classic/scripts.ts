/**
 * What runs in the steps of a build with classic buildpacks, and what starts the programs of its image. Where things lie is Heroku's
 * layout as far as buildpacks can see it: the app is built in one place and runs in another, /app.
 */
export const buildDirectory = "/tmp/build";
export const envDirectory = "/tmp/env";
/** Holds `kept`, what the last build that went well left, and `work`, what this one sees. */
export const cacheDirectory = "/tmp/cache";

/** detect-app BUILDPACK EARLIER... */
export const detectApp = `#!/bin/bash
set -euo pipefail
buildpack=$1; shift
chmod -f +x "$buildpack"/bin/* || true
for earlier in "$@"; do if [ -f "$earlier/export" ]; then set +u; . "$earlier/export"; set -u; fi; done
code=0
name=$("$buildpack/bin/detect" ${buildDirectory}) || code=$?
if [ $code != 0 ]; then
  if [ -n "$name" ]; then echo "       $name"; fi
  exit $code
fi
echo "-----> $name app detected"
`;

/** compile-app BUILDPACK EARLIER...: each sees what those before it exported. */
export const compileApp = `#!/bin/bash
set -e
buildpack=$1; shift
for earlier in "$@"; do if [ -f "$earlier/export" ]; then . "$earlier/export"; fi; done
exec "$buildpack/bin/compile" ${buildDirectory} ${cacheDirectory}/work ${envDirectory}
`;

/** What buildpacks of the platform take over from those before them. */
export const exportsDirectory = "/tmp/exports";

/**
 * export-environment begin, export-environment end BUILDPACK...: what their \`export\` changes in the environment, as a script for any
 * shell, and what lies at the root of the app that was not there at the beginning. A list that had other words put before or behind it
 * (PATH) is written as that.
 */
export const exportEnvironment = `#!/bin/bash
set -e
mode=$1; shift
cd ${exportsDirectory} 2>/dev/null || { mkdir ${exportsDirectory} && cd ${exportsDirectory}; }
if [ "$mode" = begin ]; then ls -A ${buildDirectory} >names; exit; fi

quoted() { local text=\${1//\\'/\\'\\\\\\'\\'}; printf "'%s'" "$text"; }
declare -A before
for name in $(compgen -e); do before[$name]=\${!name}; done
for buildpack in "$@"; do if [ -f "$buildpack/export" ]; then . "$buildpack/export"; fi; done
for name in $(compgen -e); do
  value=\${!name} old=\${before[$name]}
  case $name in _ | HOME | OLDPWD | PWD | SHLVL) continue ;; esac
  if [ "$value" = "$old" ]; then continue; fi
  if [ -n "$old" ] && [[ $value == *"$old"* ]]; then
    echo "export $name=$(quoted "\${value%%"$old"*}")"\\$$name"$(quoted "\${value#*"$old"}")"
  else
    echo "export $name=$(quoted "$value")"
  fi
done >${exportsDirectory}/script

mkdir ${exportsDirectory}/files
cd ${buildDirectory}
ls -A | grep -Fxv -f ${exportsDirectory}/names | while IFS= read -r name; do cp -a -- "$name" ${exportsDirectory}/files/; done
`;

/**
 * tell-builder write [BUILDPACK], tell-builder read: what bin/release says, and the Procfile that the buildpacks left, as one JSON
 * object in base64: masking must not change a command that holds a value of build config. Written and read in two steps: what a
 * buildpack says meanwhile is for people.
 */
export const tellBuilder = `#!/bin/bash
set -euo pipefail
told=/tmp/told.json
if [ "$1" = read ]; then base64 -w 0 $told; echo; exit; fi
: >/tmp/release.yml
if [ -n "\${2:-}" ] && [ -f "$2/bin/release" ]; then "$2/bin/release" ${buildDirectory} >/tmp/release.yml; fi
procfile=${buildDirectory}/Procfile
if [ ! -f $procfile ]; then procfile=/dev/null; fi
jq -n --rawfile release /tmp/release.yml --rawfile procfile $procfile '{$release, $procfile}' >$told
`;

/**
 * open-cache: what this build may change is a copy; INVARIANT: \`kept\` is whole at any time, or is \`old\` for a moment.
 * keep-cache: the copy is what the next build sees.
 */
export const openCache = `#!/bin/bash
set -euo pipefail
cd ${cacheDirectory}
if [ ! -e kept ] && [ -e old ]; then mv old kept; fi
rm -rf old work
if [ -e kept ]; then cp -a kept work; else mkdir work; fi
`;
export const keepCache = `#!/bin/bash
set -euo pipefail
cd ${cacheDirectory}
if [ -e kept ]; then mv kept old; fi
mv work kept
rm -rf old
`;

/** with-profile PROGRAM ARGUMENT...: runs it in the environment that the buildpacks and the app want for it. */
export const withProfile = `#!/bin/bash
for profile in "$HOME"/.profile.d/*.sh "$HOME/.profile"; do
  if [ -r "$profile" ]; then . "$profile"; fi
done
exec "$@"
`;
