/** Where fetch-buildpack finds the build config that an address names ... */
export const fetchSecrets = "/tmp/fetch-secrets";
/** ... and what the builder gave of its own machine: `tree`, a directory, or `archive`, a tarball. */
export const givenDirectory = "/given";

/**
 * fetch-buildpack git|tarball ADDRESS [REF [LOGIN]], fetch-buildpack given [REF]: leaves a buildpack in /buildpack. Only these protocols, also
 * after a redirect. What is secret of an address is no program's argument.
 */
export const fetchBuildpack = `#!/bin/bash
set -euo pipefail
kind=$1; shift
export GIT_ALLOW_PROTOCOL=https:http:git GIT_TERMINAL_PROMPT=0
mkdir -p /buildpack && cd /buildpack

# A text in which the names of build config are replaced by what is in it.
filled() {
  local rest=$1 text=
  while [[ $rest =~ [$]([A-Za-z_][A-Za-z0-9_]*) ]]; do
    text+=\${rest%%'$'*}$(cat "${fetchSecrets}/\${BASH_REMATCH[1]}")
    rest=\${rest#*"\${BASH_REMATCH[0]}"}
  done
  printf %s "$text$rest"
}

log_in() { # to the server of ADDRESS, by a LOGIN
  local address=$1 login=$2 server
  if [ -z "$login" ]; then return; fi
  user=$(filled "\${login%%:*}") password=x-oauth-basic
  if [[ $login == *:* ]]; then password=$(filled "\${login#*:}"); fi
  server=$(printf %s "$address" | cut -d / -f 1-3)
  export user password GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="credential.$server.helper"
  export GIT_CONFIG_VALUE_0='!printf "username=%s\\npassword=%s\\n" "$user" "$password" #'
}

fetch_git() {
  local address=$1 ref=\${2:-HEAD}
  log_in "$address" "\${3:-}"
  git init -q .
  if git fetch -q --depth 1 "$address" "$ref" 2>/tmp/fetch.log; then
    git checkout -q FETCH_HEAD
  else # a short commit, or a server that gives no part of a history
    git fetch -q "$address" '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*' '+HEAD:refs/remotes/origin/HEAD' ||
      { cat /tmp/fetch.log; return 1; }
    git checkout -q "origin/$ref" 2>/dev/null || git checkout -q "$ref" 2>/dev/null ||
      { echo "There is no $ref in it."; return 1; }
  fi
  git submodule --quiet update --init --recursive
  echo "       commit $(git rev-parse --short HEAD)"
  rm -rf .git
}

unpack() {
  tar -xf "$1" --no-same-owner
  if [ ! -d bin ] && [ "$(ls -A | wc -l)" = 1 ]; then # one directory around it, as in archives of GitHub
    shopt -s dotglob
    mv -- */* .
  fi
}

quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/["\\]/\\\\&/g')"; }

fetch_tarball() {
  log_in "$1" "\${3:-}"
  {
    echo "url = $(quoted "$(filled "$1")")"
    if [ -n "\${3:-}" ]; then echo "user = $(quoted "$user:$password")"; fi
  } | curl -fsSL --proto =https,http --proto-redir =https,http --retry 2 -o /tmp/buildpack.tar -K -
  unpack /tmp/buildpack.tar
  rm /tmp/buildpack.tar
}

fetch_given() {
  if [ -f ${givenDirectory}/archive ]; then
    unpack ${givenDirectory}/archive
  elif [ -d ${givenDirectory}/tree/.git ] || [ -f ${givenDirectory}/tree/HEAD -a -d ${givenDirectory}/tree/objects ]; then
    GIT_ALLOW_PROTOCOL=file:$GIT_ALLOW_PROTOCOL fetch_git ${givenDirectory}/tree "$@"
  elif [ -n "\${1:-}" ]; then
    echo "It is no git repository: leave out #$1."
    return 1
  else
    cp -a ${givenDirectory}/tree/. .
  fi
}

"fetch_$kind" "$@"
for program in detect compile; do
  if [ ! -f "bin/$program" ]; then
    echo " !     There is no bin/$program in it: this is no buildpack of Heroku's classic API."
    exit 1
  fi
done
`;
