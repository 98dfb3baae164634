# The local stack and its tests. Each target is a script of dev/; a second stack: STACK_NAME=other STACK_OFFSET=100 make up

.PHONY: help up down ps logs clean build fmt lint test e2e newman sqlx audit bench
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## install, build and start what is missing, wait until all is ready, print the addresses
	@dev/up

down: ## stop everything; the data stays
	@dev/down

ps: ## each process: state, pid, memory, address
	@dev/ps

logs: ## follow the logs; one process: make logs P=customer
	@dev/logs $(P)

clean: ## stop the stack and delete its data and secrets
	@dev/clean

build: ## build the programs and the portal's files
	@dev/build

fmt: ## format the code
	@dev/fmt

lint: ## formatting, clippy on everything, licences, scripts
	@dev/lint

test: ## lint, build, unit and database tests, a stack of its own, tests against it
	@dev/test

e2e: ## the whole-stack and browser tests against the running stack
	@dev/e2e

newman: ## the Postman collection, against the running stack or any: make newman base=URL mailhog=URL
	@dev/newman --base '$(base)' --mailhog '$(mailhog)'

audit: ## hold all that the running stack has stored, told and sent against what is promised
	@dev/audit

bench: ## measure a durable stack of release programs, which is gone afterwards
	@dev/bench

sqlx: ## write down the checked queries again (.sqlx/); needs the running stack
	@dev/sqlx
