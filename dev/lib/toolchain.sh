# shellcheck shell=bash disable=SC2034
# The environment of every build: our tools on PATH, and one tool chain for this machine and the browser.
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools.sh
. "$ROOT/dev/lib/tools.sh"

# PATH with our tools before those of the machine.
tools_path() {
  local tool path=$PATH
  for tool in "cargo-leptos-$CARGO_LEPTOS_VERSION/bin" "wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin" \
    "cargo-deny-$CARGO_DENY_VERSION/bin" "npm-$(npm_version)/node_modules/.bin" \
    "process-compose-$PROCESS_COMPOSE_VERSION" "mailhog-$MAILHOG_VERSION" "gateway-$(gateway_version)"; do
    case :$path: in *":$TOOLS/$tool:"*) ;; *) path=$TOOLS/$tool:$path ;; esac
  done
  printf '%s' "$path"
}

set -a
PATH=$(tools_path)
# Where tailwindcss finds daisyUI.
NODE_PATH=$TOOLS/npm-$(npm_version)/node_modules
KAFKA_HOME=$TOOLS/kafka-$KAFKA_VERSION
CARGO_TARGET_DIR=$CACHE/target
SQLX_OFFLINE=true
if [ -L "$TOOLS/rust" ]; then RUSTUP_TOOLCHAIN=booksvc-web; fi
set +a

# Before a build. To Cargo the crates of two clones are the same (it knows them by their path below the workspace), and what is
# built counts as fresh as long as no file of the crate is newer. So a clone that finds another one's work makes its files new.
claim_target() {
  local owner=$CARGO_TARGET_DIR/clone
  [ "$(cat "$owner" 2>/dev/null)" != "$ROOT" ] || return 0
  mkdir -p "$CARGO_TARGET_DIR"
  find "$ROOT"/{app,frontend,server,services,end2end/harness} -type f -exec touch {} +
  printf '%s\n' "$ROOT" >"$owner"
}
