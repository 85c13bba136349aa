.DEFAULT_GOAL := help
PACKAGES := server.py cli.py app.py live_wallets.py upstream.py operation_runner.py remembered_results.py subscription_runner.py diagnostics.py hatch_build.py changes execution quality resolvers sandbox schema serving stripe_api
CHECK := uv run --group check
BENCHMARK := uv run --group benchmark python -m quality.benchmarks

.PHONY: help
help: ## Show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.PHONY: serve
serve: ## Run the service over its embedded sandbox
	uv run server.py

.PHONY: test
test: ## Run the tests
	uv run pytest

.PHONY: unit
unit: ## Run the tests that start no process and generate no cases (a minute)
	uv run pytest -m unit

.PHONY: check
check: ## Lint, types, import contract, schema snapshot, plain English
	$(CHECK) ruff check .
	$(CHECK) ruff format --check .
	$(CHECK) mypy $(PACKAGES) tests
	$(CHECK) lint-imports
	uv run server.py schema | diff -u schema.graphql -
	uv run server.py schema --format introspection | diff -u clients/introspection.json -
	uv run server.py schema --format possible-types | diff -u clients/possible-types.json -
	$(CHECK) python -m quality.plain_english

.PHONY: fuzz
fuzz: ## Fuzz the service; FUZZ_EXAMPLES=1000 runs longer
	uv run --group fuzz pytest quality/fuzz

.PHONY: faults
faults: faults-scenarios faults-stores ## Search for errors while everything around the service fails; SCENARIOS=1000 WALLETS=500 runs longer

.PHONY: faults-scenarios
faults-scenarios:
	uv run python -m quality.faults --scenarios $(or $(SCENARIOS),120)

.PHONY: faults-stores
faults-stores:
	uv run python -m quality.faults.stores --wallets $(or $(WALLETS),40)

.PHONY: faults-proof
faults-proof: ## Plant bugs, and check that the fault scenarios find each
	uv run python -m quality.faults --list-planted | xargs -n 1 -P 3 uv run python -m quality.faults --scenarios 60 --show 1 --planted
	uv run python -m quality.faults.stores --list-planted | xargs -n 1 -P 3 uv run python -m quality.faults.stores --wallets 30 --planted

.PHONY: payments
payments: ## Pay orders while everything around the service fails; SCENARIOS=1000 runs longer
	uv run python -m quality.faults.payments --scenarios $(or $(SCENARIOS),300)

.PHONY: payments-proof
payments-proof: ## Plant double payments, and check that the payment scenarios find each
	uv run python -m quality.faults.payments --list-planted | xargs -n 1 -P 2 uv run python -m quality.faults.payments --scenarios 40 --show 1 --planted

.PHONY: truth
truth: ## Compare responses with the sandbox's ledger while wallets change; HISTORIES=3000 runs longer
	uv run python -m quality.truth --histories $(or $(HISTORIES),300)

.PHONY: truth-proof
truth-proof: ## Plant bugs in live wallets, and check that the histories find each
	uv run python -m quality.truth --list-planted | xargs -n 1 -P 2 uv run python -m quality.truth --histories 40 --show 1 --planted

.PHONY: memory
memory: ## Measure the memory that failed operations leave; OPERATIONS=10000 runs longer
	uv run python -m quality.faults.memory --operations $(or $(OPERATIONS),300)

.PHONY: soak
soak: ## Run the service at half of its capacity with some faults; MINUTES=60 runs for an hour
	uv run python -m quality.faults.soak --minutes $(or $(MINUTES),5)

.PHONY: deployment
deployment: ## Check manifests, compose file and dashboard with their own tools
	uv run --group deployment pytest deployment

.PHONY: benchmark
benchmark: ## Measure the service and its peers; write docs/performance.md and the README's table (20 minutes)
	$(BENCHMARK)

.PHONY: benchmark-quick
benchmark-quick: ## Check that all servers return equal responses and each measurement works (two minutes)
	$(BENCHMARK) --quick

.PHONY: profile
profile: ## Write flame graphs of the service to profiles/
	$(BENCHMARK) --profile --only W1,W2,W3

.PHONY: differential
differential: ## Compare plans with graphql-core; DIFFERENTIAL_CASES=100000 runs longer
	uv run pytest tests/execution/test_plans.py

.PHONY: cost
cost: ## Compare the cost of random documents with their responses; COST_EXAMPLES=3000 runs longer
	uv run pytest tests/serving/graphql/limits/test_cost_bound.py

.PHONY: format
format: ## Format the code and apply lint's automatic fixes
	$(CHECK) ruff check --fix .
	$(CHECK) ruff format .

.PHONY: schema
schema: ## Write the schema into schema.graphql and clients/
	uv run server.py schema > schema.graphql
	uv run server.py schema --format introspection > clients/introspection.json
	uv run server.py schema --format possible-types > clients/possible-types.json

.PHONY: settings
settings: ## Write docs/settings.md
	uv run server.py settings --page > docs/settings.md

.PHONY: screenshot
screenshot: ## Take the README's pictures of the playground and the wallet page again
	PICTURE=$(CURDIR)/docs/playground.png uv run pytest -q tests/playground -k picture
	PICTURES=$(CURDIR)/docs uv run pytest -q tests/wallet -k picture

.PHONY: dry-run
dry-run: ## Try each change of the README's table in a copy, and check that it touches the named files only
	$(CHECK) python -m quality.dry_run

.PHONY: requirements
requirements: ## Lock all dependencies in pyproject.toml for uv, and with hashes for the image; no registry addresses
	python3 -m quality.constraints
	uv export --quiet --no-default-groups --no-header --no-emit-project --format requirements-txt > requirements.txt
	uv export --quiet --only-group node --no-header --no-emit-project --format requirements-txt > playground/requirements.txt
	uv export --quiet --only-group sbom --no-header --no-emit-project --format requirements-txt > docker/sbom-requirements.txt

.PHONY: docker
docker: ## Build the image and try it
	docker/check
