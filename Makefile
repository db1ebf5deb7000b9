# Auteur. Every target builds .venv and installs what it needs by itself; a changed requirements file installs again.
#
#   make run      open the studio in the browser          make test     everything that CI runs
#   make demo     one clip from the command line          make check    ruff and mypy
#   make bench    this machine's figures                  make soak     50 kills of a studio at work, 10,000 broken files
#   make clean    remove .venv, caches and demo files (never films, takes or fetched art)
#
# PYTHON=... chooses the interpreter (3.11 or newer), ARGS=... is handed on: make run ARGS="--port 7861".

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.11 python3.12 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
VENV ?= .venv
PY := $(VENV)/bin/python
ARGS ?=
PROMPT ?= A red fox walks through a snowy forest at dusk
KILLS ?= 50
FUZZ ?= 10000

.PHONY: run test check demo bench soak clean chromium

run: $(VENV)/.runs
	$(PY) app.py $(ARGS)

# What fails in the whole run is tried once more by itself: a busy machine can be too slow for a browser. It stays in the log.
test: check chromium
	$(PY) -m pytest $(ARGS) || { test $$? -eq 1 && echo "Once more, what failed:" && $(PY) -m pytest --last-failed --maxfail 5; }

check: $(VENV)/.develops
	$(PY) -m ruff check .
	$(PY) -m mypy

demo: $(VENV)/.runs
	rm -f demo.mp4
	$(PY) -m studio shoot "$(PROMPT)" --seed 7 --out demo.mp4 $(ARGS)
	$(PY) -m studio verify demo.mp4

bench: $(VENV)/.develops
	$(PY) -m studio bench $(ARGS)

# In a throw-away folder, with a small random model: its takes would otherwise fill the library of whoever runs this.
soak: $(VENV)/.develops
	OMP_NUM_THREADS=1 $(PY) -m tests.studio.soak --kills $(KILLS) $(ARGS)
	AUTEUR_FUZZ=$(FUZZ) OMP_NUM_THREADS=1 $(PY) -m pytest -q tests/studio/test_fuzz.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis demo.mp4
	find . -name __pycache__ -type d -not -path './.cache/*' -prune -exec rm -rf {} +

$(PY):
	@test -n "$(PYTHON)" || { echo "Auteur needs Python 3.11 or newer; say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.develops: requirements.txt requirements-dev.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements-dev.txt
	touch $@ $(VENV)/.runs

# Browser tests use the system's Chromium; without one they get one: Debian's as root, Playwright's own elsewhere.
chromium: $(VENV)/.develops
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	else $(PY) -m playwright install chromium; fi
