# `make run` shows the main job on the sandbox; `make test` checks everything. Both set up what they need themselves.
.PHONY: run test tests test-long bench shots tables lint linters format lock

# ONCE=1: run the main job, write var/summary.json and stop.
run:
	@./set-up.sh run
	@.venv/bin/counterfoil up --sandbox $(if $(ONCE),--once)

# Linters run beside the tests. Four processes for two cores: tests that wait for servers leave theirs idle.
test:
	@./set-up.sh test
	@$(MAKE) --no-print-directory -j 2 linters tests

lint:
	@./set-up.sh test
	@$(MAKE) --no-print-directory linters

tests:
	@.venv/bin/python -m pytest -n 4 --dist loadgroup --no-loadscope-reorder -m "not long"

linters:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

# ONLY=kill: the file tests/long/test_kill.py, or whatever long test has the word in its name. KILL_RUNS=50: how many
# actions the kill test puts at risk.
test-long:
	@./set-up.sh test
	@.venv/bin/python -m pytest -m long -s $(if $(ONLY),$(or $(wildcard tests/long/test_$(ONLY).py),-k $(ONLY)))

# ONLY=ingest: one group.
bench:
	@./set-up.sh run
	@.venv/bin/python -m bench $(if $(ONLY),--only $(ONLY))

# The README's screenshots, of a running `make run`.
shots:
	@./set-up.sh test
	@PYTHONPATH=. .venv/bin/python docs/take_screenshots.py docs/screenshots

# The README's tables of gateways: runs the conformance suite.
tables:
	@./set-up.sh test
	@.venv/bin/python -m tests.docs.write_tables

format:
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format --quiet .

# Locks hold hashes and no address of an index.
lock:
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements-setup.in -o requirements-setup.lock
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
