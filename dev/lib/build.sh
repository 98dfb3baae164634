# shellcheck shell=bash
# Building our programs, and putting them where the running stack takes them from.

# How our programs are built (dev, or release for measurements), and where that puts them.
BUILD_PROFILE=${BUILD_PROFILE:-dev}
case $BUILD_PROFILE in
  dev) BUILT=$CARGO_TARGET_DIR/debug ;;
  *) BUILT=$CARGO_TARGET_DIR/$BUILD_PROFILE ;;
esac

# The portal's files as built; each build empties it, so no stack serves from it.
SITE=$CACHE/site/$(printf '%s' "$ROOT" | sha256sum | cut -c 1-12)-$BUILD_PROFILE

# One build at a time, and nobody else's between ours and the taking of its results: target folder and tools are shared.
lock_builds() {
  exec 8>"$CACHE/build.lock"
  flock 8
  claim_target
}
unlock_builds() { exec 8>&-; }

# build_programs NAME...: these programs, or everything. Always the same choice of packages (the default members), here and
# in the tests: another choice builds every dependency again.
build_programs() { (cd "$ROOT" && cargo build --profile "$BUILD_PROFILE" "${@/#/--bin=}"); }

build_site() (
  local flags=()
  [ "$BUILD_PROFILE" = dev ] || flags=(--release --precompress)
  cd "$ROOT" || exit
  # Both paths must be absolute.
  export LEPTOS_SITE_ROOT=$SITE LEPTOS_HASH_FILE_NAME=$SITE/hash.txt
  # `--split` cuts out what pages load by themselves (`wasm_split` in app).
  cargo leptos build --frontend-only --split "${flags[@]}"
)

# Hard links cost nothing and keep the file alive when another clone's build replaces it in the shared target folder.
place_programs() {
  local name from to
  mkdir -p "$STACK_DIR/bin"
  for name in "$@"; do
    from=$BUILT/$name to=$STACK_DIR/bin/$name
    if [ "$from" -ef "$to" ] || cmp -s "$from" "$to"; then continue; fi
    ln -f "$from" "$to" 2>/dev/null || cp -f "$from" "$to"
  done
}

# True when the files are new.
place_site() {
  if diff -rq "$SITE" "$STACK_DIR/site" >/dev/null 2>&1; then return 1; fi
  rm -rf "$STACK_DIR/site"
  cp -r "$SITE" "$STACK_DIR/site"
}
