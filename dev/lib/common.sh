# shellcheck shell=bash disable=SC2034
# What every script here shares: where things are, and how it speaks to a person.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/booksvc
TOOLS=$CACHE/tools
# shellcheck source=../versions.env
. "$ROOT/dev/versions.env"

say() { printf '%s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least MINIMUM VERSION: true when VERSION is not older.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# step TITLE COMMAND...: one line with the time it took; all output goes to a log that a failure names.
step() {
  local title=$1 log began=$SECONDS
  shift
  log=$CACHE/logs/$(tr -cs 'a-zA-Z0-9.\n' '-' <<<"$title").log
  mkdir -p "$CACHE/logs"
  printf '  %-60s ' "$title"
  # A subshell with its own -e: called from an `if`, the command would otherwise run past its first error.
  (
    set -euo pipefail
    "$@"
  ) >"$log" 2>&1 &
  wait $! || {
    say failed
    tail -n 20 "$log" | sed 's/^/    /' >&2
    fail "$title failed; the whole log: $log"
  }
  say "$((SECONDS - began)) s"
}
