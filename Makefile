# make serve    publish the bundled site if there is no release yet, and serve it on http://localhost:8000
# make test     check style and types, and run every test
# make quick    the same without the tests that need a browser, a server or much time: under a minute
# make check    what CI runs: make test, then build a wheel and use it in an empty environment
# make bench    measure queries, pages, search and countries of any size beside other servers; the
#               figures go to var/bench
# make hostile  attack km serve for a minute with hostile queries, beside ordinary readers
# make crash    kill publications, fill the disk, publish under load; takes some minutes, prints counts
# make screens  take pictures of each kind of page into var/screens: phone and desktop, Thai and
#               English, light and dark
# make format   let ruff format the code and mend what it can
# make clean    remove the environments, var (with its releases!) and everything built
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

BENCH  := .venv-bench
# A process of tests for each processor, up to four; the tests of a file stay together.
SPREAD := -n auto --maxprocesses 4 --dist loadfile

.PHONY: serve test quick check bench crash hostile screens format clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("tambon-km needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

serve: $(VENV)/.installed
	test -e "$${KM_DATA:-var}/current" || $(BIN)/km publish
	$(BIN)/km serve

test: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(SPREAD)

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
