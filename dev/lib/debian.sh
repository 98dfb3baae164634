# shellcheck shell=bash
# Packages of the system: installed on Debian as root, elsewhere one command to run is printed.

# The folder of the newest PostgreSQL server on this machine.
postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ]; then dirname "$newest"; elif have postgres; then dirname "$(command -v postgres)"; else return 1; fi
}

# Print the packages whose commands are missing.
missing_packages() {
  postgres_bin >/dev/null && have psql || echo postgresql
  have kcat || echo kcat
  have jq || echo jq
  have curl || echo curl
  have java || echo openjdk-17-jre-headless
  have mvn || echo maven
  have cc && have c++ && have make || echo build-essential
}

missing_test_packages() {
  have shellcheck || echo shellcheck
  [ -n "${CHROMIUM:-}" ] || have chromium || echo chromium
}

# packages NAME...: returns once they are installed.
packages() {
  [ $# -gt 0 ] || return 0
  local command="apt-get install -y --no-install-recommends $*"
  if [ "$(id -u)" != 0 ] || ! have apt-get; then
    fail "these packages are missing; on Debian: sudo $command"
  fi
  say "  Debian packages: $*"
  DEBIAN_FRONTEND=noninteractive step "apt-get update" apt-get update
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive step "apt-get install" $command
}

# What no package of Debian 12 brings in the version that is needed.
check_languages() {
  have rustup || have cargo || fail "Rust is missing: https://rustup.rs"
  have go || fail "Go $GO_MINIMUM or newer is missing: https://go.dev/dl"
  at_least "$GO_MINIMUM" "$(go env GOVERSION | sed 's/^go//')" || fail "Go $GO_MINIMUM or newer is needed: https://go.dev/dl"
  have npm || fail "Node.js $NODE_MINIMUM or newer with npm is missing: https://nodejs.org"
  at_least "$NODE_MINIMUM" "$(node --version | tr -d v)" || fail "Node.js $NODE_MINIMUM or newer is needed: https://nodejs.org"
  at_least "$JAVA_MINIMUM" "$(java -version 2>&1 | sed -n '1s/[^"]*"\([0-9.]*\).*/\1/p')" || fail "Java $JAVA_MINIMUM or newer is needed"
}
