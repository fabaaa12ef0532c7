# Every task of the project, each a short script in tools/.
.DEFAULT_GOAL := help
.PHONY: help demo test matrix lint format bench clean

help:  ## say what the targets do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo:  ## set up, run the shipped scenario, write its pictures and results to build/demo
	@tools/demo.sh

test:  ## set up, build with g++, run all C++ and Python tests
	@tools/test.sh

matrix:  ## the C++ tests and golden fingerprints with clang++, without optimisation and with sanitizers
	@tools/matrix.sh

lint:  ## check format, static analysis and types
	@tools/lint.sh

format:  ## write all sources in the format that lint checks
	@tools/format.sh

bench:  ## print a table of times beside those of peers; QUICK=1 for small sizes
	@tools/bench.sh $(if $(QUICK),--quick)

clean:  ## remove what the other targets made
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache
