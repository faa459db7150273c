#!/usr/bin/env bash
# Takes the pictures of docs/tour.md: loads the demonstration into a folder of its own, serves it on a port of the loopback address, looks at the pages
# of scripts/screenshots/ with Chromium, and stops it again. Usage: scripts/screenshots.sh [port]
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-8479}
work=$(mktemp -d)
served=
trap '[ -z "$served" ] || kill "$served" 2>/dev/null || true; rm -rf "$work"' EXIT
export ADOPTIONFUND_DATABASE_URL="sqlite://$work/fund.db" ADOPTIONFUND_STORAGE_URL="file://$work/files" ADOPTIONFUND_KEY_FILE="$work/key" ADOPTIONFUND_ADDRESS="127.0.0.1:$port"
bin/adoptionfund demo >"$work/log" 2>&1 &
served=$!
for _ in $(seq 600); do
  curl -fs -o /dev/null "http://127.0.0.1:$port/readyz" && break
  kill -0 "$served" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 1
done
go run ./scripts/screenshots -base "http://127.0.0.1:$port" -out docs/images -width 1200 -tallest 1500 -pages scripts/screenshots/pages.txt
go run ./scripts/screenshots -base "http://127.0.0.1:$port" -out docs/images -width 390 -tallest 1500 -pages scripts/screenshots/phone.txt
