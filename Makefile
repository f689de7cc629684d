# Two commands are all you need: make run, make test.

# Fyne leaves out its checks for code that has not moved to fyne.Do yet.
export GOFLAGS := $(strip $(GOFLAGS) -tags=migrated_fynedo)

# Where .ci/setup puts what it builds itself, and where go install does.
export PATH := $(CURDIR)/.tools/bin:$(PATH):$(shell go env GOPATH)/bin

gofumpt     := go run mvdan.cc/gofumpt@v0.12.0
staticcheck := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# What has no C in it builds for every system from any other.
portable := grep -v -e /app/ui -e /cmd/modelbeam -e '/cmd/e2e$$'

.PHONY: help run screen build setup test quick check portable unit e2e bench screenshot screens vendor package check-packages

help:
	@echo 'make run         build the desktop app and start it'
	@echo 'make test        check, test and try everything end to end: the four steps that follow'
	@echo '  make check     format, vet, static checks, known vulnerabilities, scripts, workflows'
	@echo '  make portable  vet for Windows and macOS'
	@echo '  make unit      unit tests, with the race detector'
	@echo '  make e2e       everything end to end'
	@echo 'make quick       format, vet and unit tests of what differs from the branch main'
	@echo 'make package     make what people download, for all systems, into dist/'
	@echo 'make check-packages  check what is in dist/, and try it in Debians of its own'
	@echo 'make bench       measure beam beside nginx and others: a table, in five minutes'
	@echo 'make screenshot  take the pictures of the README again'
	@echo 'make screens     take pictures of every state of the window and the page, into screens/'
	@echo 'make vendor      fetch the libraries of the phone page again'

run: screen build
	@echo '==> Starting Modelbeam'
	@exec bin/modelbeam $(ARGS)

screen:
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo 'There is no screen here (DISPLAY is not set), so no window can open.'; \
		echo 'This does the same in a terminal: go run ./cmd/beam'; \
		exit 1; \
	fi

build:
	@.ci/setup run
	@echo '==> Building bin/modelbeam and bin/beam (the first time takes a few minutes)'
	@go build -o bin/ ./cmd/modelbeam ./cmd/beam

setup:
	@.ci/setup test

test: setup check portable unit e2e

# BASE=<commit> compares with another one than main.
quick:
	@.ci/quick $(BASE)

check:
	@echo '==> gofumpt'; files=$$($(gofumpt) -l app assets cmd discovery tunnel) && test -z "$$files" || \
		{ echo "not formatted by gofumpt: $$files"; exit 1; }
	@echo '==> go vet'; go vet ./...
	@echo '==> staticcheck'; $(staticcheck) ./...
	@echo '==> govulncheck'; .ci/vulnerabilities
	@echo '==> eslint, actionlint'; .ci/lint

portable:
	@for os in windows darwin; do \
		echo "==> go vet for $$os"; export GOOS=$$os CGO_ENABLED=0; go vet $$(go list -e ./... | $(portable)) || exit 1; \
	done

unit:
	@echo '==> Unit tests, with the race detector'
	@go test -race -timeout=30m $$(go list ./... | grep -v '/cmd/e2e$$')

e2e:
	@echo '==> End-to-end tests'
	@[ "$$(id -u)" = 0 ] || echo '    Not root: the tests with a network of their own are skipped'
	@go test -count=1 -parallel=3 -timeout=30m ./cmd/e2e # those that run beside others wait most of the time

# VERSION=1.2.3 is that of a release.
package:
	@.ci/setup package
	@.ci/package

# The packages are made again for it, in another folder, to see that they are the same.
check-packages:
	@.ci/setup check
	@echo '==> Checks of the packages'
	@PACKAGES=$(CURDIR)/dist go test -count=1 -timeout=30m -run='^TestPackage' ./cmd/e2e

# ONLY=short,flood and PROXIES=nginx,beam measure less, PPROF=folder writes profiles: see bench_test.go there.
bench:
	@.ci/setup bench
	@go test -run='^$$' -bench=. -benchtime=1x -timeout=30m ./cmd/e2e/bench

screenshot: setup
	@UPDATE_SCREENSHOTS=1 go test -count=1 -run=TestScanAndChat ./cmd/e2e

# To be looked at, not to be kept: every state, in both languages and both themes.
screens: setup
	@SCREENS=$(CURDIR)/screens go test -count=1 -timeout=30m -run='TestScreens|TestWindowScreens|TestAddressChange$$' ./cmd/e2e
	@echo "Now look into $(CURDIR)/screens"

# The versions stand in assets/package.json. npm checks each package against the hash in the lock
# file; the files that come of it are checked against assets/vendor.sha512, here and in a test.
vendor:
	@.ci/vendor
