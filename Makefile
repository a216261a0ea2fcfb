# The two commands are `make course` and `make test`; `make help` lists the rest.
PROFILE ?= cpu
# python3 of the machine, 3.11 to 3.13; for example `make PYTHON=python3.12 course`
PYTHON ?= python3
EXTRAS ?= train,openvino,lab,station,registry,traces,cluster,dev
BIN := .venv/bin
# uv of the machine, or else one that pip puts into .venv
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
STAMP := .venv/.installed
# JupyterLab refuses root, which is who a container runs as
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)
# CI runs `make test-services` and `make test-slow` first, so that each test runs once, and the floor of coverage is under
# all of them; elsewhere nobody waits for a measurement of a part
CI_RUNS := $(filter true,$(CI))
# A test that failed has a second run in CI, five tests at most. What passes then depends on time or order; the last
# lines name it, with how it failed
AGAIN := $(if $(CI_RUNS),--reruns 1 --max-suite-reruns 5 --rerun-show-tracebacks)
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(AGAIN)
QUICK := $(if $(CI_RUNS),-m 'not slow and not services' --cov --cov-append --cov-report=term,-m 'not slow')
PART := --cov --cov-report= --cov-fail-under=0
# Tests and lessons start Python hundreds of times: what it compiled is kept, whatever the machine is set to.
export PYTHONDONTWRITEBYTECODE :=
# parts that neither train, export, serve nor run lessons
FAST_PARTS := wire modelstore judging datasets client gateway results cluster course/checklist course/notebook course/reporting

.DEFAULT_GOAL := help
.PHONY: help setup course line test test-slow test-services test-fast cluster-test lab lint format images images-test bench bill lock newest clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PROFILE=ci|cpu|gpu picks the size of the work (now: $(PROFILE))"
	@echo "  PROVE=1 makes the course prove its exercises, too: every stub has to get a hint"

setup: $(STAMP) ## the environment in .venv, from requirements.lock

# The lock file holds every extra; as constraints it gives versions and hashes to the extras that are asked for.
# Byte code is left to the imports: lessons import under a third of what is installed.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, $(PYTHON) is {v[0]}.{v[1]}; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x "$(UV)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@echo "installing the locked dependencies ($(EXTRAS)) ..."
	@$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable '.[$(EXTRAS)]'
	@touch $@

course: setup ## run all lessons headless; report/index.html shows what came out
	@$(BIN)/aoi course run --profile $(PROFILE) $(if $(PROVE),--prove)

# Flags of `aoi line`, such as LINE='--rate 10 --defects 0.3'
LINE ?=

line: setup ## the whole line on this machine, with test pictures; Ctrl-C ends it
	@$(BIN)/aoi line $(LINE)

test: setup ## the tests but for slow ones; the last lines name the services that it did without
	@$(PYTEST) $(QUICK) --durations 12

test-slow: setup ## what trains, exports, serves or runs lessons for more than some ten seconds a test
	@$(PYTEST) -m 'slow and not services' --durations 12 $(if $(CI_RUNS),$(PART) --cov-append)

test-services: setup ## what needs a database, a broker or a tracer that pip does not install
	@$(PYTEST) -m services --durations 12 $(if $(CI_RUNS),$(PART))

# AOI_CLUSTER=PROGRAM starts a cluster by `PROGRAM up 2`, which prints exports for a shell, and brings an image to its nodes
# by `PROGRAM push IMAGE`; tests/k8s/nodes.py has the rest
cluster-test: setup ## the line on the Kubernetes cluster of KUBECONFIG, which gets it and loses it again
	@$(if $(AOI_CLUSTER),exports="$$($(AOI_CLUSTER) up 2)" && eval "$$exports" && AOI_CLUSTER=$(AOI_CLUSTER) AOI_TEST_PUSH="$${AOI_TEST_PUSH:-$(AOI_CLUSTER) push}") \
		$(BIN)/pytest -m cluster tests/k8s tests/study/clusters tests/course/exercises --durations 12 -rs

test-fast: setup ## a minute of tests: the parts that neither train, export, serve nor run lessons
	@$(PYTEST) -m 'not slow and not services' $(addprefix tests/,$(FAST_PARTS)) $(wildcard tests/test_*.py)

lab: setup ## JupyterLab on the lessons
	@$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks $(ROOT_FLAG)

lint: setup ## ruff, mypy, import rule, generated parts; also what runs before a commit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/aoi course readme --check
	@$(BIN)/python -m aoi_modules.wire.message_types --check
	@$(BIN)/python -m aoi_modules.cluster.base --check

format: setup ## let ruff and the generators write
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/aoi course readme
	@$(BIN)/python -m aoi_modules.wire.message_types
	@$(BIN)/python -m aoi_modules.cluster.base

# More of `aoi docker build`, such as BUILD='--plain --option=--network=host' where no image registry is reached
BUILD ?=

images: setup ## all container images, as docker/compose.yaml names them
	@$(BIN)/aoi docker build $(BUILD)

images-test: setup ## builds images and runs them, where a Docker engine answers
	@AOI_IMAGES_TEST='build $(BUILD)' $(BIN)/pytest tests/docker --durations 12 -rs

bench: setup ## what is fast, measured against a peer and the floor in one run
	@for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

# Where the next one leaves its files
BILL ?= build

bill: setup ## sbom.json, what is in the lock file, by CycloneDX; licences.md, those of what is installed (in build/)
	@mkdir -p $(BILL)
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file $(BILL)/sbom.json
	@$(BIN)/pip-licenses --with-system --order=license --format=markdown --output-file $(BILL)/licences.md >/dev/null

# --upgrade takes the newest versions that pyproject.toml allows; without it those of before stay where they may
LOCK ?=

lock: setup ## requirements.lock anew from pyproject.toml
	@$(UV) pip compile --quiet $(LOCK) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras pyproject.toml --output-file requirements.lock

newest: ## requirements.lock with the newest allowed versions; digests of the images in report/digests.env, by skopeo
	@$(MAKE) --no-print-directory lock LOCK=--upgrade
	@mkdir -p report
	@set -e; sed -n 's/^\([A-Z_]*_IMAGE\)=/\1 /p' docker/versions.env | while read -r name image; do \
		digest=$$(skopeo inspect --format '{{.Digest}}' "docker://$$image"); echo "$$name=$$image@$$digest"; \
	done > report/digests.env

clean: ## forget what lessons and tests made; keeps .venv and downloads
	@rm -rf artifacts report build dist .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
