#!/usr/bin/env bash
# Measures, prints the figures and writes bench/latest.json. Figures are printed, never judged; a run fails where what is measured breaks.
# Usage: scripts/bench.sh [full|short]
set -uo pipefail
cd "$(dirname "$0")/.."
how=${1:-full}
case $how in
  short) benchtime=200ms load=8s checks=20 drawn=5 ;; # the tests draw a hundred: here it is whether they still run, and how long
  full) benchtime=2s load=60s checks=20000 drawn=2000 ;;
  *) echo "usage: scripts/bench.sh [full|short]"; exit 2 ;;
esac
mkdir -p bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/results"
problems=0

# measure LABEL COMMAND…: runs a command of go test and keeps its results under the label.
measure() {
  local label=$1; shift
  echo "== $label: $*"
  if ! "$@" >"$work/out" 2>&1; then
    grep -q '^ *--- FAIL' "$work/out" || problems=$((problems + 1))
    cat "$work/out"
  fi
  awk -v label="$label" -v command="$*" -v package="$(grep -oE '(\./)?(internal|cmd)/[a-z/]+' <<<"$*" | head -n 1)" '
    function field(text) { gsub(/[\\"]/, "\\\\&", text); return "\"" text "\"" }
    function result(name, outcome, values) {
      printf "{\"name\": %s, \"on\": %s, \"package\": %s, \"outcome\": %s, \"values\": {%s}, \"command\": %s}\n", field(name), field(label), field(package), field(outcome), values, field(command)
    }
    /^pkg: / { package = $2 }
    /^Benchmark/ && $2 ~ /^[0-9]+$/ && NF >= 4 {
      sub(/-[0-9]+$/, "", $1); values = "\"runs\": " $2
      for (i = 3; i < NF; i += 2) values = values ", " field($(i + 1)) ": " $i
      result(substr($1, 10), "passed", values)
    }
    /^--- (PASS|FAIL): Test/ { took = $4; gsub(/[()s]/, "", took); result($3, $2 == "PASS:" ? "passed" : "failed", "\"s\": " took) }
    /^ *--- FAIL: Benchmark/ { result(substr($3, 10), "failed", "") }
  ' "$work/out" >>"$work/results"
}

# packages WHAT: the packages whose tests have a line that matches, but for the command.
packages() { grep -rlE "$1" --include='*_test.go' internal | xargs -r -n 1 dirname | sort -u | sed 's|^|./|'; }

# properties PACKAGE: the names of its property tests, as a pattern.
properties() { awk '/^func Test/ { name = $2; sub(/\(.*/, "", name) } /rapid\.(Check|MakeCheck)\(/ { print name }' "$1"/*_test.go | sort -u | paste -sd '|'; }

benched=$(packages '^func Benchmark')
stored=$(for p in $benched; do if grep -l '^func Benchmark' "$p"/*_test.go | xargs grep -q '/testkit'; then echo "$p"; fi; done)
measure "no database" go test -run '^$' -bench . -benchtime "$benchtime" -timeout 60m $(comm -23 <(tr ' ' '\n' <<<"$benched") <(tr ' ' '\n' <<<"$stored"))
measure "SQLite" go test -run '^$' -bench . -benchtime "$benchtime" -timeout 60m $stored
measure "PostgreSQL" scripts/postgres.sh go test -run '^$' -bench . -benchtime "$benchtime" -timeout 60m $stored
if [ "$how" = full ]; then
  measure "no database" go test ./internal/simulation -run '^$' -bench Simulate -benchtime 1x -rounds 1000 -timeout 60m
  measure "SQLite" go test ./internal/otherfunding -run '^$' -bench Grants -benchtime "$benchtime" -grants 1000000 -timeout 60m
  measure "PostgreSQL" scripts/postgres.sh go test ./internal/otherfunding -run '^$' -bench Grants -benchtime "$benchtime" -grants 1000000 -timeout 60m
fi
measure "SQLite" go test ./cmd/adoptionfund -run '^$' -bench . -benchtime "$benchtime" -load "$load" -timeout 60m
measure "PostgreSQL" scripts/postgres.sh go test ./cmd/adoptionfund -run '^$' -bench . -benchtime "$benchtime" -load "$load" -timeout 60m
for p in $(packages 'rapid\.(Check|MakeCheck)\('); do
  n=$checks; if grep -lq testkit "$p"/*_test.go; then n=$drawn; fi
  measure "properties" go test "$p" -v -run "^($(properties "$p"))\$" -rapid.checks "$n" -timeout 60m
done

passed=$(grep -c '"outcome": "passed"' "$work/results")
failed=$(($(grep -c '"outcome": "failed"' "$work/results") + problems))
model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
{
  printf '{\n"machine": {"processor": "%s", "cores": %s, "system": "%s"},\n' "$model" "$(getconf _NPROCESSORS_ONLN)" "$(uname -srm)"
  printf '"go": "%s", "commit": "%s", "how": "%s", "at": "%s", "passed": %s, "failed": %s,\n"results": [\n' "$(go env GOVERSION)" \
    "$(git rev-parse --short HEAD 2>/dev/null)" "$how" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$passed" "$failed"
  sed '$!s/$/,/' "$work/results"
  printf ']}\n'
} >bench/latest.json

echo
awk '
  { match($0, /"name": "[^"]*"/); name = substr($0, RSTART + 9, RLENGTH - 10); match($0, /"on": "[^"]*"/); on = substr($0, RSTART + 7, RLENGTH - 8)
    match($0, /"package": "[^"]*"/); package = substr($0, RSTART + 12, RLENGTH - 13); sub(/^.*\//, "", package)
    match($0, /"outcome": "[^"]*"/); outcome = substr($0, RSTART + 12, RLENGTH - 13); match($0, /"values": {[^}]*}/); values = substr($0, RSTART + 11, RLENGTH - 12); gsub(/"/, "", values)
    sub(/runs: [0-9]+, /, "", values)
    if (match(values, /ns\/op: [0-9.]+/)) {
      ns = substr(values, RSTART + 7, RLENGTH - 7) + 0
      shown = ns < 1e4 ? sprintf("%.0f ns", ns) : ns < 1e7 ? sprintf("%.1f µs", ns / 1e3) : sprintf("%.1f ms", ns / 1e6)
      values = substr(values, 1, RSTART - 1) "each: " shown substr(values, RSTART + RLENGTH)
    }
    printf "%-12s %-88s %s%s\n", on, package (package == "" ? "" : ": ") name, outcome == "failed" ? "FAILED " : "", values }' "$work/results"
echo "The figures are in bench/latest.json."
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
