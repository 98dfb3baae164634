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
