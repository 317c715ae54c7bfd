# Cordon. `make up` shows it; `make test` is what CI runs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

EXAMPLE ?= examples/breast-cancer/cordon.yaml
CORDON  := .build/release/cordon
# The import check makes an undeclared dependency an error; its exit status is what counts.
CHECKED := --explicit-target-dependency-import-check error

.PHONY: help setup build up down test bench lint format docs clean

help: ## list what make can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install the Debian packages and the test Python that are missing
	@scripts/setup

build: setup ## build the release executable
	swift build -c release --product cordon $(CHECKED)

up: build ## bring up the example, work in it, attack it, print the table, leave it running
	@scripts/up "$(EXAMPLE)"

down: ## stop the example
	$(CORDON) down --spec "$(EXAMPLE)"

test: setup ## run every test
	@scripts/test

bench: build ## measure, beside the peers, in one run
	@bench/setup
	@bench/run

lint: ## format, documentation of public API, imports
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
	swift build $(CHECKED)

format: ## rewrite the sources in the house's format
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

docs: ## build the API documentation with warnings as errors
	@scripts/docs

clean: ## remove what the build made
	rm -rf .build
