# Two commands for everyone: make demo, make test. Both need python3 >= 3.11 with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := .venv-clients
NODE := tests/clients/node
PEER := .venv-peer
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
export PIP_REQUIRE_VIRTUALENV = 1

.PHONY: demo test check unit test-clients test-browser soak bench bench-api fix docs lock clean

## demo: install and render a film from a prompt
demo: $(VENV)/.runtime
	@FILMGATE_UPSTREAMS=off FILMGATE_HOME=.filmgate $(BIN)/filmgate generate \
	  "A sailboat on a calm sea at sunset, gulls in the sky, slow push in" \
	  -p local --seed 7 -o demo.mp4

## test: everything that needs no network beyond loopback
test: check unit

check: $(VENV)/.dev
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

## test-clients: other programs' clients against a real server
test-clients: $(VENV)/.runtime $(CLIENTS)/.installed $(NODE)/node_modules/.installed
	@FILMGATE="$(abspath $(BIN)/filmgate)" $(CLIENTS)/bin/python -m pytest \
	  -c tests/clients/pytest.ini tests/clients

## test-browser: the studio in a real browser
test-browser:
	@echo "There is no studio yet, so there are no pages to try."

## soak: the long proofs
soak: $(VENV)/.dev
	$(BIN)/python -m pytest -s tests/soak
	FILMGATE_EVERY_PLACE=on $(BIN)/python -m pytest tests/films

## bench: ratios against peers and limits, in one run
bench: $(VENV)/.bench
	@$(BIN)/python bench/render.py
	@$(BIN)/python bench/command.py
	@$(BIN)/python bench/store.py
	@$(BIN)/python bench/looks.py
	@$(MAKE) --no-print-directory bench-api

## bench-api: calls to the server against LiteLLM's proxy (needs wrk, and installs the peer: 600 MB)
bench-api: $(VENV)/.bench $(PEER)/.installed
	@$(BIN)/python bench/api.py --peer $(PEER)/bin/python

## fix: format and mend what can be mended
fix: $(VENV)/.dev
	$(BIN)/ruff check --fix src tests bench
	$(BIN)/ruff format src tests bench

## docs: write the generated pages anew
docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

## lock: choose versions anew (needs the network)
lock: $(VENV)/.dev
	$(PIP) install "uv>=0.9"
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml --group dev --group bench -c requirements/dev.txt \
	  --override requirements/overrides.txt -o requirements/bench.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements/peer.in -o requirements/peer.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements/clients.in -o requirements/clients.txt
	cd $(NODE) && npm install --package-lock-only --omit-lockfile-registry-resolved

clean:
	rm -rf $(VENV) $(PEER) $(CLIENTS) $(NODE)/node_modules .filmgate .mypy_cache .ruff_cache \
	  .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Filmgate needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements/runtime.txt pyproject.toml
	@echo "Installing Filmgate into $(VENV) ..."
	@$(PIP) install --only-binary :all: --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(PIP) install --only-binary :all: --require-hashes -r requirements/dev.txt
	@touch $@

$(CLIENTS)/.installed: requirements/clients.txt
	$(PYTHON) -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip --disable-pip-version-check -q install --only-binary :all: \
	  --require-hashes -r $<
	@touch $@

# One of them brings a library in C++, which is built here against the headers beside node itself.
$(NODE)/node_modules/.installed: $(NODE)/package-lock.json
	@command -v npm >/dev/null || { echo "test-clients needs Node.js 20 or newer, with npm"; exit 1; }
	cd $(NODE) && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	cd $(NODE) && npm rebuild sqlite3 --build-from-source --loglevel=error \
	  --nodedir="$$(dirname "$$(dirname "$$(readlink -f "$$(command -v node)")")")"
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@$(PIP) install --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

$(PEER)/.installed: requirements/peer.txt
	$(PYTHON) -m venv $(PEER)
	@$(PEER)/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/peer.txt
	@touch $@
