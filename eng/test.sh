#!/usr/bin/env bash
# Installs what is missing, builds and runs all tests. The last line is "123 passed, 0 failed, 4 skipped"; the exit code is not 0 when
# a test failed, the build failed or no test ran.
#   bash eng/test.sh                        everything
#   bash eng/test.sh Budget                 test classes whose name contains "Budget"
#   bash eng/test.sh -method '*_IsRefused'  any filter of the xunit.v3 runner (-class, -method, -namespace, -trait, -filter)
#   CONFIGURATION=Release                   which build, default Debug
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

configuration="${CONFIGURATION:-Debug}"
results="$repo/artifacts/test-results"
filter=("$@")
if [ "$#" -gt 0 ] && [ "${1#-}" = "$1" ]; then
  filter=(-class "*$1*" "${@:2}")
fi

need_tools dotnet node npm
need_packages postgresql chromium fonts-noto-cjk rsyslog rsyslog-openssl
bash eng/web.sh --tests
dotnet build Hexabase.Portal.sln -c "$configuration" --disable-build-servers -v minimal -clp:NoSummary

rm -rf "$results"
mkdir -p "$results"
broken=0
"Portal.Tests/bin/$configuration/net10.0/Portal.Tests" -noColor -noLogo -xml "$results/portal.xml" "${filter[@]}" || broken=$?

# The runner's XML report has one <assembly> element with the sums as attributes; every literal < and > in its values is escaped.
passed=0 failed=0 skipped=0
add() {
  local element="$1" name value
  for name in passed failed skipped errors; do
    value="$(sed -n "s/.* $name=\"\([0-9]*\)\".*/\1/p" <<<"$element")"
    case "$name" in
      passed) passed=$((passed + ${value:-0})) ;;
      skipped) skipped=$((skipped + ${value:-0})) ;;
      *) failed=$((failed + ${value:-0})) ;;
    esac
  done
}
for report in "$results"/*.xml; do
  [ -f "$report" ] || continue
  add "$(grep -o '<assembly [^>]*>' "$report" | head -n 1)"
  grep -o '<test [^>]*result="Fail"[^>]*>' "$report" | sed 's/.* name="\([^"]*\)".*/FAILED  \1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' || true
done

status=0
if [ "$failed" -gt 0 ]; then
  status=1
elif [ "$broken" -ne 0 ]; then
  echo "The test run ended with exit code $broken."
  status="$broken"
elif [ $((passed + skipped)) -eq 0 ]; then
  echo "No test ran."
  status=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
