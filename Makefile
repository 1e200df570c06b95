# make run     a demo city on this machine: installs what is missing, builds, serves in the foreground until Ctrl-C
# make test    everything that must hold: cheap checks first, then the tests, then the contract
# make check   the cheap checks alone
# make roster  a roster of 300 000 people imported while hospitals ask: time, memory, waiting; table in loadtest/README.md
# make load    the service under load, with the baseline beside it; report in loadtest/results
#
# On Debian 12 with Rust, as root or as an ordinary user with sudo.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
MAKEFLAGS += --no-print-directory

export CARGO_TARGET_DIR ?= $(CURDIR)/target
LISTEN ?= 127.0.0.1:8080
# Arguments of `jiujinan dev`, e.g. ARGS='--seed none --data-dir /tmp/city'
ARGS ?=
# `dev` links without optimising across crates and shares what it builds with the tests; pages and payments are as quick as a person
# needs. PROFILE=release for more.
PROFILE ?= dev
# The load generator is a crate of its own.
LOAD_TARGET_DIR ?= $(CARGO_TARGET_DIR)/load
# Options of the load, e.g. LOAD='--rounds 5 --seconds 20'
LOAD ?=

.PHONY: run test check load roster packages

run: packages
	cargo build --locked --profile $(PROFILE)
	exec "$$CARGO_TARGET_DIR/$(patsubst dev,debug,$(PROFILE))/jiujinan" dev --listen $(LISTEN) $(ARGS)

packages:
	@deploy/make/packages.sh compiler postgres curl

check:
	@deploy/make/check.sh

test:
	@deploy/make/test.sh

load: packages
	cargo build --locked --release
	CARGO_TARGET_DIR="$(LOAD_TARGET_DIR)" cargo build --locked --release --manifest-path loadtest/Cargo.toml
	exec "$(LOAD_TARGET_DIR)/release/jiujinan-load" --server "$$CARGO_TARGET_DIR/release/jiujinan" \
		--pgbench "$$(deploy/make/packages.sh where pgbench)" --work "$$CARGO_TARGET_DIR/load-work" \
		--results loadtest/results --readme loadtest/README.md --invariants sql/audit/invariants.sql $(LOAD)

roster: packages
	cargo build --locked --release
	CARGO_TARGET_DIR="$(LOAD_TARGET_DIR)" cargo build --locked --release --manifest-path loadtest/Cargo.toml
	exec "$(LOAD_TARGET_DIR)/release/jiujinan-load" roster --server "$$CARGO_TARGET_DIR/release/jiujinan" \
		--work "$$CARGO_TARGET_DIR/load-work" --readme loadtest/README.md $(LOAD)
