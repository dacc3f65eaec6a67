#!/usr/bin/env bash
# Installs the browser libraries from npm and copies what the portal serves to wwwroot/lib. Does nothing when all is there.
#   bash eng/web.sh           the product's libraries
#   bash eng/web.sh --tests   also the clients that tests and benchmarks use (eng/web-tests)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# npm ci, only when the lock file differs from the one that was installed. Packages run no scripts.
install() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock.json" && return 0
  say "Installing the npm packages of $1"
  local attempt
  for attempt in 1 2 3; do
    if (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
      cp "$1/package-lock.json" "$1/node_modules/.installed-lock.json"
      return 0
    fi
    sleep $((attempt * 3))
  done
  fail "npm ci failed in $1."
}

# Copies only what differs, so that time stamps tell the build the truth.
serve() { cmp -s "$1" "$2" || { mkdir -p "${2%/*}" && cp "$1" "$2" && chmod 644 "$2"; }; }

need_tools node npm
install eng/web
chart=eng/web/node_modules/apexcharts
serve "$chart/dist/apexcharts.min.js" wwwroot/lib/apexcharts/apexcharts.min.js
serve "$chart/dist/apexcharts.css" wwwroot/lib/apexcharts/apexcharts.css
serve "$chart/LICENSE" wwwroot/lib/apexcharts/LICENSE
# The script contains these packages; their licence asks for the notice to go with it.
for notice in eng/web/node_modules/@svgdotjs/*/LICENSE* eng/web/node_modules/@yr/*/LICENSE*; do
  [ -f "$notice" ] || continue
  name="${notice#eng/web/node_modules/@}"
  name="${name%/*}"
  serve "$notice" "wwwroot/lib/apexcharts/LICENSE-${name//\//-}"
done
if [ "${1:-}" = --tests ]; then install eng/web-tests; fi
