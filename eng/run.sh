#!/usr/bin/env bash
# Starts the portal and stays in the foreground; Ctrl+C or SIGTERM stop it and its database.
#   PORTAL_PORT             port, default 8080
#   PORTAL_BIND             address, default 127.0.0.1
#   PORTAL_DATA             data directory, default data/ in this repository
#   PORTAL_BOOTSTRAP_TOKEN  API token of a service administrator, created at the first start
#   --sample                loads the sample organization; further arguments go to the portal as they are
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

dll=Portal/bin/Release/net10.0/portal.dll
stamp=Portal/bin/Release/.built-from

# Names, times and sizes of everything that the build reads.
sources() {
  find Portal Portal.Core eng/sqlserver-types eng/BannedSymbols.txt eng/web/package-lock.json wwwroot ./*.props ./*.targets ./appsettings*.json global.json .editorconfig \
    \( -name bin -o -name obj -o -path wwwroot/_framework \) -prune -o -type f -printf '%p %T@ %s\n' | LC_ALL=C sort | sha256sum
  dotnet --version
}

prepare() {
  need_tools dotnet node npm
  need_packages postgresql
  bash eng/web.sh
  local now
  now="$(sources)"
  if [ -f "$dll" ] && [ "$now" = "$(cat "$stamp" 2>/dev/null)" ]; then return 0; fi
  say "Building the portal"
  rm -f "$stamp"
  dotnet build Portal -c Release --disable-build-servers -v quiet -clp:NoSummary >&2
  printf '%s\n' "$now" >"$stamp"
}

# Two starts at once would build into each other.
mkdir -p Portal/bin/Release
( flock 8; prepare 8>&- ) 8>Portal/bin/Release/.build-lock

export PORTAL_PORT="${PORTAL_PORT:-8080}" PORTAL_BIND="${PORTAL_BIND:-127.0.0.1}"
PORTAL_DATA="$(realpath -m -- "${PORTAL_DATA:-data}")"
export PORTAL_DATA
case "$PORTAL_BIND" in
  \[*) ;;
  *:*) PORTAL_BIND="[$PORTAL_BIND]" ;;
esac
export ASPNETCORE_URLS="http://$PORTAL_BIND:$PORTAL_PORT"
exec dotnet "$dll" "$@"
