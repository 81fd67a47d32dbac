# The README's two commands, and the ones a contributor needs. Everything happens in .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo app test readme docs static clean

demo: .venv/installed-paper
	$(BIN)/songae demo

app: .venv/installed-all
	$(BIN)/songae app

# what a test wrote goes when it has passed: all of it would be six gigabytes, three times over
test: .venv/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -o tmp_path_retention_policy=failed -o tmp_path_retention_count=1

readme: .venv/installed-dev
	$(BIN)/python .ci/readme.py

# needs Quarto
docs: .venv/installed-dev
	$(BIN)/nbdev_docs

# regl, which draws the map, as one file with its license: committed, and made again only for another version
REGL := regl@2.1.1
static:
	npm install --prefix build/static --no-audit --no-fund $(REGL) esbuild@0.28.2
	cd build/static/node_modules && .bin/esbuild regl/dist/regl.unchecked.js --outfile=../../../songae/static/regl.js \
	  --bundle --minify --line-limit=120 --format=iife --global-name=createREGL \
	  --banner:js="$$(echo '/*! $(REGL), bundled by make static'; cat regl/LICENSE; echo '*/')"

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "songae needs Python 3.11 or newer; choose one with  make PYTHON=/path/to/python")'
	$(PYTHON) -m venv .venv

.venv/installed-%: .venv/bin/python settings.ini setup.py
	$(BIN)/python -m pip install -q -e ".[$*]"
	touch $@

clean:
	rm -rf .venv build dist _docs _proc *.egg-info
