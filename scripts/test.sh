#!/usr/bin/env bash
# Runs every test: on SQLite all of them, those of the whole program beside the rest, which has the race detector; then on a throwaway
# PostgreSQL what touches a database. Each run ends with the runner's own count. Usage: scripts/test.sh
set -uo pipefail
cd "$(dirname "$0")/.."
run=(bin/gotestsum --format pkgname --)
# SQLite is C that was translated to Go: instrumenting it would double the time of the suite and watch no code of ours.
race=(-race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)
# Journeys, and walks over all routes or a whole demonstration, send one request after the other: there is no race to find in them, and
# the detector would make them five times as long. Requests at once are sent by the other tests of the program and of its rooms.
walks=$(sed -n 's/^func \(Test[A-Za-z0-9]*\)(t .*/\1/p' cmd/adoptionfund/{journey,contract,leak,demo}*_test.go | paste -sd '|')
out=$(mktemp)
trap 'rm -f "$out"' EXIT

"${run[@]}" -timeout 60m ./cmd/adoptionfund -run "^($walks)\$" >"$out" 2>&1 &
whole=$!
"${run[@]}" "${race[@]}" -timeout 60m -skip "^($walks)\$" ./...
rest=$?
wait "$whole"
walked=$?
echo "== the whole program and its journeys in a browser, on SQLite"
cat "$out"
[ "$rest" = 0 ] && [ "$walked" = 0 ] || exit 1

echo "== on PostgreSQL"
scripts/postgres.sh "${run[@]}" -timeout 60m $(grep -rl 'internal/testkit' --include='*_test.go' internal cmd | xargs -n 1 dirname | sort -u | sed 's#^#./#')
