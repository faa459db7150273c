# The daily loop. `make run` and `make test` need Go, npm and the package registries, nothing else.
# That the matrix of the policy, the diagrams and the map of the house are fresh is proved by tests beside them.
SHELL := /bin/bash
.DEFAULT_GOAL := run
GO ?= go
BIN := bin/adoptionfund
LDFLAGS := -X main.built=$(shell git rev-parse --short HEAD 2>/dev/null)
SOURCES = $(shell find cmd internal configs policies migrations web -name '*.go' -o -path web/node_modules -prune -o -path '*/testdata' -prune -o -name '*.yaml' -print -o -name '*.csv' -print -o -name '*.sql' -print -o -name '*.conf' -print 2>/dev/null) go.mod go.sum
LINT := bin/golangci-lint
GOTESTSUM := bin/gotestsum
BENCH ?= full

.PHONY: run test races check bench screenshots generate build clean assets debian lint format unit postgres browser

run: build
	@$(BIN) demo

build: assets $(BIN)

$(BIN): $(SOURCES) web/static/dist/manifest.json
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/adoptionfund

assets: web/static/dist/manifest.json

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	npm ci --prefix web --no-audit --no-fund
	@touch $@

web/static/dist/manifest.json: web/node_modules/.package-lock.json web/build.mjs $(shell find web/nhs/assets -type f 2>/dev/null)
	npm run build --silent --prefix web
	@touch $@

generate:
	$(GO) tool templ generate -path web
	ADOPTIONFUND_GOLDEN=write UPDATE_GOLDEN=1 $(GO) test ./internal/access ./internal/workflow ./internal/house -count 1 >/dev/null

# The quick part: format, lint, generated files are fresh, unit tests on SQLite.
check: assets format fresh lint
	$(GO) test $$($(GO) list ./... | grep -v -E 'cmd/|testkit')
	$(GO) test ./cmd/adoptionfund -run 'TestCommands|TestFiles|TestTheStatus|TestAnInstallation|TestABroken'

.PHONY: fresh
fresh:
	@list() { find web -name '*_templ.go' -not -path '*/node_modules/*' | sort | xargs sha256sum; }; before=$$(list); \
	$(GO) tool templ generate -path web >/dev/null 2>&1 || exit 1; \
	if [ "$$before" != "$$(list)" ]; then echo "generated pages were not fresh: run make generate and commit"; exit 1; fi

format:
	@out=$$(gofmt -l cmd internal configs policies migrations web/nhs web/page web/static); if [ -n "$$out" ]; then echo "not formatted:"; echo "$$out"; exit 1; fi

lint: $(LINT)
	$(LINT) run ./...

$(LINT) $(GOTESTSUM): tools/go.mod tools/go.sum
	cd tools && $(GO) build -o ../bin/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint gotest.tools/gotestsum
	@touch $(LINT) $(GOTESTSUM)

# What the tests need of Debian: PostgreSQL, Chromium, GLPK, clamd (whose signatures the tests write themselves). Installed where we may, named where we may not.
debian:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v chromium >/dev/null 2>&1 || missing="$$missing chromium"; \
	command -v pdfinfo >/dev/null 2>&1 || missing="$$missing poppler-utils"; \
	command -v glpsol >/dev/null 2>&1 || missing="$$missing glpk-utils"; \
	[ -x /usr/sbin/clamd ] || missing="$$missing clamav-daemon"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "The tests need:$$missing. Run: sudo apt-get install$$missing"; exit 1; fi; fi

# Everything: on SQLite, with the race detector where something is done at once, and in a browser; then on a throwaway PostgreSQL.
test: debian build format fresh lint $(GOTESTSUM)
	scripts/test.sh

# Every package with the race detector.
races: debian build $(GOTESTSUM)
	scripts/test.sh races

bench: debian build
	scripts/bench.sh $(BENCH)

# The pictures of docs/tour.md, from the demonstration.
screenshots: debian build
	scripts/screenshots.sh

clean:
	rm -rf bin data bench/*.json web/node_modules
	find web/static/dist -type f ! -name placeholder.txt -delete 2>/dev/null || true
