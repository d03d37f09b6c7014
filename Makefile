# 践诺 Jiannuo. `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
NO_SERVERS := $(wildcard tests/rules tests/decisions tests/architecture tests/replay tests/notifications)

# $(call timed,what it does,command)
timed = echo "▸ $(1)"; begun=$$(date +%s); $(2); echo "✓ $(1) ($$(( $$(date +%s) - begun )) s)"

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: $(READY) ## 演示：虚构的县 · a fictional county on a fast clock; prints its address
	@exec $(BIN)/jiannuo demo

.PHONY: test
test: $(READY) browser ## 全部测试 · every test, with the time of each part
	@exec $(BIN)/python -m pytest

.PHONY: test-fast
test-fast: $(READY) ## 不需要服务的测试 · the tests that need no server and little time
	@exec $(BIN)/python -m pytest -q -n auto -m "not long" $(NO_SERVERS)

.PHONY: bench
bench: $(READY) ## 基准 · the benchmarks, one report under bench/
	@exec $(BIN)/python -m bench

.PHONY: lint
lint: $(READY) ## 检查 · ruff, formatting, types, import contracts
	@$(call timed,ruff,$(BIN)/ruff check .)
	@$(call timed,formatting,$(BIN)/ruff format --check .)
	@$(call timed,types,$(BIN)/mypy)
	@$(call timed,import contracts,$(BIN)/lint-imports)

.PHONY: format
format: $(READY) ## 排版 · format and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: lock
lock: ## 重新锁定依赖 · pin the dependencies anew (needs uv); writes requirements.lock
	uv lock
	uv export --quiet --all-groups --no-emit-project --format requirements-txt -o requirements.lock

.PHONY: clean
clean: ## 清除生成物 · remove what was made here; data folders and the cached Temporal program stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Chromium, Chinese fonts and a reader of PDF text for the tests: installed where that is allowed, otherwise what is there is used.
SEEING := chromium fonts-noto-cjk poppler-utils
.PHONY: browser
browser:
	@if ! command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null || ! command -v pdftotext >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    $(call timed,$(SEEING),{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SEEING) >/dev/null; } || echo "! apt-get failed: some tests need $(SEEING)"); \
	  else echo "! some tests will be skipped. Install what they need: apt-get install $(SEEING)"; fi; fi

.PHONY: .venv
.venv: $(READY)

# The marker is written last: an installation that was interrupted is made anew.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "✗ Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	@$(call timed,virtual environment,$(PYTHON) -m venv .venv || { echo "✗ apt-get install python3-venv"; exit 1; })
	@$(call timed,dependencies with pinned hashes,$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock)
	@$(call timed,the project itself,$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .)
	@touch $@
