# shellcheck shell=bash
# Tools that are fetched or built into the cache folder, each whole or not at all.

# tool NAME VERSION HINT BUILD: $TOOLS/NAME-VERSION, made by calling BUILD with an empty folder, unless it is there already.
tool() {
  local name=$1 version=$2 hint=$3 build=$4 target=$TOOLS/$1-$2 work=$TOOLS/.$1-$2.new
  [ -e "$target" ] && return
  rm -rf "$work"
  mkdir -p "$work"
  step "$name $version (about $hint)" "$build" "$work"
  mv -T "$work" "$target"
}

# on_path COMMAND VERSION: true when the machine brings that command in that version.
on_path() { have "$1" && "$1" --version 2>/dev/null | grep -qwF "$2"; }

# digest PATH...: eight characters that change when one of the files does.
digest() { cat "$@" | sha256sum | cut -c 1-8; }

# What this repository holds itself: its version is its content.
gateway_version() { digest "$ROOT"/dev/gateway/*.go "$ROOT"/dev/gateway/go.*; }
npm_version() { digest "$ROOT/dev/npm/package.json"; }

build_gateway() { go -C "$ROOT/dev/gateway" build -trimpath -o "$1/gateway" .; }
build_mailhog() { go -C "$ROOT/dev/mailhog" build -trimpath -o "$1/mailhog" github.com/mailhog/MailHog; }
build_process_compose() {
  go -C "$ROOT/dev/process-compose" build -trimpath -o "$1/process-compose" github.com/f1bonacc1/process-compose/src
}

build_npm() {
  cp "$ROOT/dev/npm/package.json" "$1"
  # No lock file: one made on one platform misses the native parts of the others; the versions are exact in package.json.
  npm --prefix "$1" install --no-package-lock --no-audit --no-fund
}

fetch_kafka() {
  cp "$ROOT/dev/kafka/pom.xml" "$1"
  (cd "$1" && mvn -q -B dependency:copy-dependencies -Dkafka.version="$KAFKA_VERSION" -DoutputDirectory="$1/libs" -DincludeScope=runtime)
}

fetch_keycloak() {
  local archive=keycloak-quarkus-dist
  (cd "$1" && mvn -q -B dependency:copy -Dartifact="org.keycloak:$archive:$KEYCLOAK_VERSION:tar.gz" -DoutputDirectory="$1/download" -Dmdep.useBaseVersion=true)
  tar -xzf "$1/download/$archive-$KEYCLOAK_VERSION.tar.gz" -C "$1" --strip-components=1
  rm -r "$1/download"
  "$1/bin/kc.sh" build --db=postgres --health-enabled=true --metrics-enabled=true
}

# cargo_tool FOLDER CRATE@VERSION FLAG...: an interrupted build goes on where it stopped.
cargo_tool() {
  local folder=$1 crate=$2
  shift 2
  export CARGO_TARGET_DIR=$CACHE/build/$crate
  cargo install "$crate" --root "$folder" --debug --config 'profile.dev.debug=false' "$@"
  rm -rf "$CARGO_TARGET_DIR"
}

build_wasm_bindgen() { cargo_tool "$1" "wasm-bindgen-cli@$WASM_BINDGEN_VERSION" --no-default-features; }
build_cargo_leptos() { cargo_tool "$1" "cargo-leptos@$CARGO_LEPTOS_VERSION" --locked --no-default-features --features no_downloads; }
build_cargo_deny() { cargo_tool "$1" "cargo-deny@$CARGO_DENY_VERSION" --locked --no-default-features; }

# node_modules FOLDER TITLE: the modules that FOLDER's lock file names, in it, where Node looks for them.
node_modules() {
  local folder=$1 title=$2 stamp
  stamp=$(digest "$folder/package.json" "$folder/package-lock.json")
  [ "$(cat "$folder/node_modules/.digest" 2>/dev/null)" = "$stamp" ] && return
  step "$title" npm --prefix "$folder" ci --no-audit --no-fund
  printf '%s' "$stamp" >"$folder/node_modules/.digest"
}
playwright() { node_modules "$ROOT/end2end/playwright" "modules of the browser tests"; }
newman() { node_modules "$ROOT/end2end/newman" "modules of the API tests"; }

# Python's packages in a folder of their own, which can be moved: a virtual environment cannot.
schemathesis_version() { digest "$ROOT/dev/python/requirements.txt"; }
build_schemathesis() { python3 -m pip install --quiet --disable-pip-version-check --target "$1" --requirement "$ROOT/dev/python/requirements.txt"; }
schemathesis() {
  python3 -m pip --version >/dev/null 2>&1 || fail "Python 3.10 or newer with pip is missing: https://www.python.org"
  tool schemathesis "$(schemathesis_version)" "20 s" build_schemathesis
}
schemathesis_run() { PYTHONPATH=$TOOLS/schemathesis-$(schemathesis_version) python3 -m schemathesis.cli run "$@"; }

# One installation at a time; the tools are shared.
lock_installs() {
  exec 9>"$CACHE/install.lock"
  flock -n 9 || {
    say "another install is running; waiting for it"
    flock 9
  }
}
unlock_installs() { exec 9>&-; }
