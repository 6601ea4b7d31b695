# make serve   publish the bundled site and open it on http://localhost:8000
# make test    lint, types and tests
# make quick   the same without browsers, servers and slow tests: under a minute
# make check   what CI runs besides: build a wheel and use it in an empty environment
# make bench   measure the endpoint and pages beside other servers, how a country grows, search; var/bench
# make hostile a minute of hostile queries against km serve, with ordinary readers beside them
# make crash   kill publications, fill the disk, publish under load, some minutes; prints counts
# make screens pictures of each kind of page, phone and desktop, th and en, light and dark: var/screens
# make format  let ruff lay out the code
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

BENCH  := .venv-bench
# A process of tests for each processor; the tests of a file stay together.
SPREAD := -n auto --dist loadfile

.PHONY: serve test quick check bench crash hostile screens format clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("tambon-km needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

serve: $(VENV)/.installed
	test -e var/current || $(BIN)/km publish
	$(BIN)/km serve

test: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

quick: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(SPREAD) -m 'not browser and not server and not slow'

check: test
	rm -rf dist && $(BIN)/python -m build --quiet
	$(BIN)/python tests/wheel.py dist/*.whl

$(BENCH)/.installed: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --upgrade pip
	$(BENCH)/bin/python -m pip install --quiet --editable '.[bench]'
	touch $@

bench: $(BENCH)/.installed
	cd tests && ../$(BENCH)/bin/python -m bench --folder ../var/bench
	cd tests && ../$(BENCH)/bin/python -m bench.country --folder ../var/bench/country
	cd tests && ../$(BENCH)/bin/python -m bench.search --folder ../var/bench
	cd tests && ../$(BENCH)/bin/python -m bench.pages --folder ../var/bench
	cd tests && ../$(BENCH)/bin/python -m bench.goals --folder ../var/bench

crash: $(VENV)/.installed
	cd tests && ../$(BIN)/python -m crash

hostile: $(BENCH)/.installed
	cd tests && ../$(BENCH)/bin/python -m bench.siege --folder ../var/bench

screens: $(VENV)/.installed
	$(BIN)/python tests/screens.py --folder var/screens

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(BENCH) var dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
