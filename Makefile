# The README's two commands, and the ones a contributor needs. Everything happens in .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo app test readme docs clean

demo: .venv/installed-paper
	$(BIN)/songae demo

app: .venv/installed-all
	$(BIN)/songae app

test: .venv/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

readme: .venv/installed-dev
	$(BIN)/python .ci/readme.py

# needs Quarto
docs: .venv/installed-dev
	$(BIN)/nbdev_docs

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "songae needs Python 3.11 or newer; choose one with  make PYTHON=/path/to/python")'
	$(PYTHON) -m venv .venv

.venv/installed-%: .venv/bin/python settings.ini setup.py
	$(BIN)/python -m pip install -q -e ".[$*]"
	touch $@

clean:
	rm -rf .venv build dist _docs _proc *.egg-info
