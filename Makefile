# `make help` lists the words. Needs Python 3.11 or newer and make; everything else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := portal volunteers events stations
# Settings as in production; nothing is started or sent.
PRODUCTION := PORTAL_MODE=production ALLOWED_HOSTS=portal.example.org SITE_URL=https://portal.example.org \
	EMAIL_URL=smtp+tls://mail.example.org:587 SECRET_KEY=only-to-look-at-the-settings-0123456789-abcdefghijklm \
	VAR_DIR=var/check

.DEFAULT_GOAL := help
.PHONY: help run demo test check format bench bench-quick soak shots pictures messages requirements

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "make %-14s %s\n", $$1, $$2}'

run: .venv/installed ## serve on HOST:PORT (127.0.0.1:8000) with a worker and beat; Ctrl-C stops all
	@$(BIN)/python manage.py prepare
	@$(BIN)/python manage.py serve

demo: .venv/installed ## load or top up the demo data
	@$(BIN)/python manage.py prepare
	@$(BIN)/python manage.py demo

test: .venv/installed-dev ## every test, on PostgreSQL where there is one, and on SQLite
	@$(BIN)/python -m portal.tests

check: .venv/installed-dev ## style, import contracts, migrations, production settings, texts, pins
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/djade --target-version 5.2 --check $$(find $(PACKAGES) -path '*/templates/*' -type f)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(BIN)/python -m portal.tests.check_translations
	@$(BIN)/python -m portal.tests.check_pins

format: .venv/installed-dev ## put code and templates into their usual form
	@$(BIN)/ruff check --fix --quiet --exit-zero .
	@$(BIN)/ruff format .
	@$(BIN)/djade --target-version 5.2 $$(find $(PACKAGES) -path '*/templates/*' -type f) || true

bench: .venv/installed-dev ## measure pages, verbs and the stations' map (about twenty minutes)
	@$(BIN)/python manage.py bench

bench-quick: .venv/installed-dev ## the same in about four minutes, less exact
	@$(BIN)/python manage.py bench --quick

soak: .venv/installed-dev ## prove that no redemption is lost or doubled: 200,000 operations, 20 hard stops (about half an hour)
	@$(BIN)/python -m portal.tests.soak

shots: .venv/installed-dev ## pictures of every page into var/shots/
	@$(BIN)/python -m pytest -m shots -n 2

pictures: shots ## take the README's pictures anew
	@cp var/shots/390-zh-CN-light/nobody/home.png var/shots/390-zh-CN-light/volunteer/me.png \
		var/shots/1280-zh-CN-light/nobody/stations.png var/shots/1280-zh-CN-light/manager/admin.png docs/pictures/
	@cp var/shots/1280-zh-CN-light/kiosk/4-rewards.png docs/pictures/kiosk.png

messages: .venv/installed-dev ## collect the texts to translate into portal/locale (needs gettext)
	@$(BIN)/python manage.py makemessages --locale zh_Hans --no-obsolete --no-wrap --add-location file --ignore .venv --ignore var
	@echo 'Now translate what is empty or fuzzy in portal/locale/zh_Hans/LC_MESSAGES/django.po; make check looks.'

requirements: .venv/installed-dev ## pin the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group dev pyproject.toml -o requirements-dev.txt
	@$(BIN)/python -m portal.tests.check_pins

# The stamps hold what was installed, so that nothing is installed twice.
.venv/installed: requirements.txt | .venv/bin/python
	@cmp -s $< $@ || $(PIP) install --quiet --require-hashes -r $<
	@cp $< $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/python
	@cmp -s $< $@ || $(PIP) install --quiet --require-hashes -r $<
	@cp $< $@

# Debian ships Python without ensurepip; its own pip can fill the environment just as well.
PIP = $(shell test -x $(BIN)/pip && echo $(BIN)/python -m pip || echo $(PYTHON) -m pip --python $(BIN)/python)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null && $(PYTHON) -m venv .venv || $(PYTHON) -m venv --without-pip .venv
