#!/usr/bin/env bash
# Runs every test: on SQLite all of them, the journeys in a browser beside the rest, which has the race detector; then on a throwaway
# PostgreSQL what touches a database. Each run ends with the runner's own count. Usage: scripts/test.sh
set -uo pipefail
cd "$(dirname "$0")/.."
run=(bin/gotestsum --format pkgname --)
# SQLite is C that was translated to Go: instrumenting it would double the time of the suite and watch no code of ours.
race=(-race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)
journeys=$(sed -n 's/^func \(Test[A-Za-z0-9]*\)(t .*/\1/p' cmd/adoptionfund/journey*_test.go | paste -sd '|')
out=$(mktemp)
trap 'rm -f "$out"' EXIT

"${run[@]}" -timeout 40m ./cmd/adoptionfund -run "^($journeys)\$" >"$out" 2>&1 &
browser=$!
"${run[@]}" "${race[@]}" -timeout 40m -skip "^($journeys)\$" ./...
rest=$?
wait "$browser"
walked=$?
echo "== the journeys in a browser, on SQLite"
cat "$out"
[ "$rest" = 0 ] && [ "$walked" = 0 ] || exit 1

echo "== on PostgreSQL"
scripts/postgres.sh "${run[@]}" -timeout 40m $(grep -rl 'internal/testkit' --include='*_test.go' internal cmd | xargs -n 1 dirname | sort -u | sed 's#^#./#')
