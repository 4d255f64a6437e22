# Everything is installed into this folder (.venv, .tools) and nothing into the machine; what is
# built and kept locally is in .local. `make help` tells what there is.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8012
# One setting for the template and for the layers' packages: arm64 or x86_64.
ARCHITECTURE ?= arm64
UV_VERSION := 0.13.9

VENV := .venv/bin
DEPLOY := .tools/deploy/bin
export SAM_CLI_TELEMETRY := 0
export UV_SYSTEM_CERTS := 1
# The stage's own parameters: `sam deploy` drops those of samconfig.toml when it is given another, and
# what follows a space in a value without quotation marks.
PARAMETERS = $(shell $(DEPLOY)/python -c 'import shlex, tomllib; print(shlex.join("{}=\"{}\"".format(*each.split("=", 1)) if " " in each else each for each in tomllib.load(open("samconfig.toml", "rb"))["$(STAGE)"]["deploy"]["parameters"]["parameter_overrides"]))')
# CloudFormation remembers both from one deployment to the next.
AWAITS_COPY ?= $(if $(REGISTER),on)
REGISTER_PARAMETERS = $(if $(REGISTER),RegisterGeneration=$(REGISTER)) $(if $(AWAITS_COPY),RegisterAwaitsCopy=$(AWAITS_COPY))
COMPILE = .tools/uv/bin/uv pip compile --quiet --python-version 3.13 --universal --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade)

.PHONY: help run desk test tests-in-process unit acceptance fuzz chaos load bench costs simulate test-relay restore-drill lint screenshots build audit deploy deploy-built smoke rollback firewall restore-register procedures openapi lock clean

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: ## The whole service on this machine; PORT=8012
	@local/prepare dev deploy aws web
	@$(VENV)/python -m local.run --port $(PORT)

desk: ## The support teams' command line, as .tools/bin/desk
	@local/prepare desk
	@echo "Installed: .tools/bin/desk --help; with the service of make run: .tools/bin/desk --local"

# Two processes; the slowest tests are listed, so that nobody has to look for them.
PYTEST := $(VENV)/pytest -n 2 --durations=20
EACH_FILE_IN_ONE_PROCESS := --dist loadfile --no-loadscope-reorder

test: ## Lint and all tests; ARGS="-k consent" for some
	@local/prepare dev deploy aws desk web browser load
	@$(MAKE) -j2 --output-sync=target lint tests-in-process
	@$(PYTEST) $(EACH_FILE_IN_ONE_PROCESS) tests/e2e $(ARGS)
	$(if $(ARGS),,@$(VENV)/pytest tests/permissions) # it judges what all of tests/e2e did

FUZZED_BRIEFLY := tests/fuzz/test_every_source.py tests/fuzz/test_batches.py

# What neither deploys the service nor opens a browser, beside the lint.
tests-in-process:
	@$(PYTEST) tests $(FUZZED_BRIEFLY) --ignore tests/e2e --ignore tests/permissions --ignore tests/relay $(ARGS)

unit: ## The rules, and all else that needs no AWS; ARGS="-k consent" for some
	@local/prepare dev web
	@$(PYTEST) tests/unit $(ARGS)

acceptance: ## The longer proofs: all languages and states, Firefox, no JavaScript, load, random runs
	@local/prepare dev deploy aws checkov desk web lighthouse load browser firefox
	@PYTHONHASHSEED=0 $(PYTEST) $(EACH_FILE_IN_ONE_PROCESS) tests/acceptance $(ARGS)
	@$(PYTEST) --hypothesis-profile=drawn -m hypothesis tests/unit tests/functions $(ARGS)
	@$(PYTEST) --hypothesis-profile=acceptance tests/model $(ARGS)

chaos: ## Break everything on purpose: SCHEDULES=10000 of faults; SEED=… STEPS=… again; ONLY=writes,looks
	@local/prepare dev deploy web
	@PYTHONPATH=layers/suport/python $(VENV)/python -m tests.chaos $(if $(SEED),--seed $(SEED) $(if $(STEPS),--steps $(STEPS)),$(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(FIRST),--first $(FIRST))) $(if $(ONLY),--only $(ONLY))

# The seed is said before and, with a failing test's name, after: it draws the same examples again.
fuzz: ## Odd requests, messages and events for every function; EXAMPLES=1000 SEED=… ARGS="-k …"
	@local/prepare dev deploy aws web
	@seed=$(or $(SEED),$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')); \
	echo "make fuzz SEED=$$seed EXAMPLES=$(or $(EXAMPLES),1000)"; \
	EXAMPLES=$(or $(EXAMPLES),1000) $(PYTEST) $(EACH_FILE_IN_ONE_PROCESS) --hypothesis-profile=fuzz --hypothesis-seed=$$seed tests/fuzz tests/functions/test_published_api.py $(ARGS)

load: ## Citizens at a fixed rate, then beside a flood: RATE=2 SECONDS=15 FLOOD=20; URL=… or STAGE=…
	@local/prepare dev deploy aws web load
	@$(VENV)/python -m operations.load $(if $(URL),--url $(URL)) $(if $(STAGE),--stage $(STAGE)) $(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(FLOOD),--flood $(FLOOD)) $(if $(MAIL_DOMAIN),--mail-domain $(MAIL_DOMAIN))

bench: ## Every figure of speed and size, beside references; ONLY=cold FUNCTION=submit_incident
	@local/prepare dev deploy aws web bench
	@PYTHONPATH=layers/suport/python $(VENV)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(FUNCTION),--function $(FUNCTION)) $(if $(ROUNDS),--rounds $(ROUNDS))

costs: ## Count what an incident asks of AWS again; what it costs, and a month without any
	@local/prepare dev deploy web
	@PYTHONPATH=layers/suport/python $(VENV)/python -m benchmarks.costs

simulate: ## A rush on the limits of AWS: what is refused, what waits, how it drains; TIMES=100
	@local/prepare dev
	@$(VENV)/python -m benchmarks.scale $(if $(TIMES),--times $(TIMES))

test-relay: ## Remote support through a relay: Debian's coturn, as operations configure it, and Chromium
	@local/prepare dev deploy aws web browser relay
	@$(VENV)/pytest --verbose tests/relay $(ARGS)

restore-drill: ## Lose the register on an embedded AWS, restore it, and check all that must be so
	@local/prepare dev deploy aws desk web
	@$(VENV)/pytest --verbose tests/acceptance/test_restore_drill.py

lint: ## Style, types, the rooms' imports, the template
	@local/prepare dev deploy aws
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	PYTHONPATH=layers/suport/python:desk/src $(VENV)/lint-imports --no-cache
	$(DEPLOY)/cfn-lint template.yaml --append-rules lint
	$(DEPLOY)/sam validate --lint --region eu-west-1

screenshots: ## The main pages as pictures, into docs/screenshots
	@local/prepare dev deploy aws web browser
	@$(VENV)/python -m local.screenshots

# The build takes python3.13, pybabel, node and uv from here, the layers' makefiles the architecture,
# and the one of the service's own layer finds node_modules around esbuild.
build deploy deploy-built: export PATH := $(CURDIR)/$(DEPLOY):$(CURDIR)/.tools/uv/bin:$(CURDIR)/.tools/web/node_modules/.bin:$(PATH)
build deploy deploy-built: export ARCHITECTURE := $(ARCHITECTURE)

build: ## Build for the cloud into .aws-sam/build, with its SBOM; ARCHITECTURE=arm64
	@local/prepare deploy web
	$(DEPLOY)/sam build --parallel --parameter-overrides Architecture=$(ARCHITECTURE)
	@$(DEPLOY)/python -m operations.bill_of_materials

audit: ## Known vulnerabilities of all that is locked; fails if it could not look
	@local/prepare deploy
	@$(DEPLOY)/python -m operations.audit $(if $(SOURCE),--source $(SOURCE))

deploy: ## Build, deploy to the cloud and test; STAGE=dev, pre or prod; REGISTER=2 for a new register
	$(if $(filter dev pre prod,$(STAGE)),,$(error Say where to: make deploy STAGE=dev, pre or prod))
	@$(MAKE) build
	@$(MAKE) deploy-built

# A make of its own: the parameters are read by what `build` has installed.
deploy-built:
	$(if $(PARAMETERS),,$(error The parameters of $(STAGE) cannot be read from samconfig.toml))
	@local/prepare dev
	$(DEPLOY)/sam deploy --config-env $(STAGE) --parameter-overrides $(PARAMETERS) Architecture=$(ARCHITECTURE) $(REGISTER_PARAMETERS)
	@$(VENV)/python -m operations.releases settle --stage $(STAGE)

smoke: ## Test a deployed stage; STAGE=dev, pre or prod; URL=https://… to ask it elsewhere
	$(if $(STAGE),,$(error Say which: make smoke STAGE=dev, pre or prod))
	@local/prepare dev
	@$(VENV)/python -m operations.smoke_test --stage $(STAGE) $(if $(URL),--url $(URL))

rollback: ## Back to the latest release that passed its smoke test; STAGE=dev, pre or prod
	$(if $(STAGE),,$(error Say which: make rollback STAGE=dev, pre or prod))
	@local/prepare dev
	@$(VENV)/python -m operations.releases go-back --stage $(STAGE) $(if $(URL),--url $(URL))

firewall: ## The web ACL of a stage that is behind CloudFront; STAGE=dev, pre or prod
	$(if $(STAGE),,$(error Say which: make firewall STAGE=dev, pre or prod))
	@local/prepare dev
	@$(VENV)/python -m operations.firewall --stage $(STAGE)

restore-register: ## Put a recovery copy back into the register; STAGE=dev, FROM=the copy's table
	$(if $(and $(STAGE),$(FROM)),,$(error Say where to, and from which table: make restore-register STAGE=dev FROM=the-restored-table))
	@local/prepare dev
	@PYTHONPATH=layers/suport/python $(VENV)/python -m operations.restore_register --stage $(STAGE) --from $(FROM)

procedures: ## Import the catalogue of procedures; FILE=procediments.ca.json, as it was answered
	@local/prepare dev
	@PYTHONPATH=layers/suport/python $(VENV)/python -m local.procedures $(FILE)

openapi: ## Write the API's description again: docs/openapi.json, and the problem types
	@local/prepare dev web
	@PYTHONPATH=layers/suport/python $(VENV)/python -m openapi

lock: ## Lock all requirements again; UPGRADE=1 to take newer versions
	@local/prepare deploy
	echo uv==$(UV_VERSION) | $(COMPILE) -o local/requirements-uv.txt -
	$(COMPILE) -o local/requirements-dev.txt --group dev pyproject.toml desk/pyproject.toml
	$(COMPILE) -o local/requirements-deploy.txt --group deploy
	$(COMPILE) -o local/requirements-aws.txt --group aws
	$(COMPILE) -o local/requirements-bench.txt -c local/requirements-dev.txt --group bench
	$(COMPILE) -o local/requirements-checkov.txt --group checkov
	$(COMPILE) -o local/requirements-desk.txt -c local/requirements-dev.txt desk/pyproject.toml
	$(COMPILE) --no-emit-package dnspython -o layers/dependencies/requirements.txt -c local/requirements-dev.txt pyproject.toml
	$(COMPILE) -o layers/sign_in/requirements.txt -c local/requirements-dev.txt --group sign-in
	cd layers/suport/web && PATH="$(CURDIR)/$(DEPLOY):$$PATH" npm $(if $(UPGRADE),update,install) --package-lock-only --silent
	cd local/load && PATH="$(CURDIR)/$(DEPLOY):$$PATH" npm $(if $(UPGRADE),update,install) --package-lock-only --silent
	cd local/lighthouse && PATH="$(CURDIR)/$(DEPLOY):$$PATH" npm $(if $(UPGRADE),update,install) --package-lock-only --silent

clean: ## Remove all that was installed, built or kept here, the local run's data included
	@rm -rf .venv .tools .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
