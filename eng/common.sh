# Sourced by the scripts beside it: where things are, quiet tools, and system packages.

set -euo pipefail
repo="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$repo"

# No telemetry, no banner, and no build server that outlives the script.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

need_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || fail "\"$tool\" is missing: install the .NET SDK 10 and Node.js 20 or newer."
  done
}

have() {
  case "$1" in
    postgresql)
      command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
    chromium)
      command -v chromium >/dev/null ;;
    *)
      dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii' ;;
  esac
}

apt_retry() {
  local pause
  for pause in 2 5 15 0; do
    if DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -qq "$@" </dev/null >&2; then
      return 0
    fi
    [ "$pause" = 0 ] || { say "apt-get $1 failed; again in $pause s"; sleep "$pause"; }
  done
  fail "apt-get $* failed."
}

# Debian makes and starts a cluster of its own when a PostgreSQL server is installed. The portal has its own, so that one is not made;
# the machine's setting is as before afterwards.
install_postgresql() {
  local setting=/etc/postgresql-common/createcluster.d/hexabase-portal.conf
  apt_retry install -y --no-install-recommends postgresql-common
  mkdir -p "${setting%/*}"
  printf 'create_main_cluster = false\n' >"$setting"
  # A subshell, so that the file goes away whatever happens.
  ( trap 'rm -f "$setting"' EXIT; apt_retry install -y --no-install-recommends postgresql )
}

# Installs the Debian packages that are missing; an ordinary user is told the command instead.
need_packages() {
  local package missing=()
  for package in "$@"; do
    have "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    fail "some system packages are missing. Please run:  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  fi
  say "Installing ${missing[*]}"
  apt_retry update
  local rest=()
  for package in "${missing[@]}"; do
    if [ "$package" = postgresql ]; then install_postgresql; else rest+=("$package"); fi
  done
  [ "${#rest[@]}" -eq 0 ] || apt_retry install -y --no-install-recommends "${rest[@]}"
}
