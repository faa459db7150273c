#!/usr/bin/env bash
# Runs every test: on SQLite, then on a throwaway PostgreSQL what touches a database. On SQLite, packages in which something is done at once, by the
# code or by a test, run with the race detector; the walks and journeys of the whole program run beside them. Each run ends with the runner's own
# count. Usage: scripts/test.sh [races], where races runs every package with the race detector, on SQLite, and nothing else: before a release.
set -uo pipefail
cd "$(dirname "$0")/.."
run=(bin/gotestsum --format pkgname -- -timeout 60m)
# SQLite is C that was translated to Go: instrumenting it would double the time of the suite and watch no code of ours.
race=(-race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)
# Journeys, and walks over all routes or a whole demonstration, send one request after the other: there is no race to find in them, and
# the detector would make them five times as long. Requests at once are sent by the other tests of the program and of its rooms.
walks="^($(sed -n 's/^func \(Test[A-Za-z0-9]*\)(t .*/\1/p' cmd/adoptionfund/{journey,contract,leak,demo}*_test.go | paste -sd '|'))\$"
if [ "${1:-}" = races ]; then
  exec "${run[@]}" "${race[@]}" -skip "$walks" ./...
fi

all=$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./... | sed "s#^$PWD#.#")
atonce=$(grep -rlE '\<go func|sync\.(WaitGroup|Mutex|RWMutex|Map|Pool)|atomic\.' --include='*.go' internal cmd web | xargs -n 1 dirname | sort -u | sed 's#^#./#' | grep -Fxf <(echo "$all"))
out=$(mktemp)
trap 'rm -f "$out"' EXIT

"${run[@]}" ./cmd/adoptionfund -run "$walks" >"$out" 2>&1 &
whole=$!
"${run[@]}" "${race[@]}" -skip "$walks" $atonce
raced=$?
"${run[@]}" $(grep -vFxf <(echo "$atonce") <<<"$all")
rest=$?
wait "$whole"
walked=$?
echo "== the whole program and its journeys in a browser, on SQLite"
cat "$out"
[ "$raced$rest$walked" = 000 ] || exit 1

echo "== on PostgreSQL"
scripts/postgres.sh "${run[@]}" $(grep -rl 'internal/testkit' --include='*_test.go' internal cmd | xargs -n 1 dirname | sort -u | sed 's#^#./#')
