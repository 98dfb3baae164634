# shellcheck shell=bash
# Building our programs, and putting them where the running stack takes them from.

# Always the same choice of packages (the default members), here and in the tests: another choice builds every dependency again.
build_programs() { (cd "$ROOT" && cargo build); }

# The paths must be absolute. The folder is emptied by each build, so no stack serves from it.
build_site() (
  cd "$ROOT" || exit
  export LEPTOS_SITE_ROOT=$CACHE/site LEPTOS_HASH_FILE_NAME=$CACHE/site/hash.txt
  cargo leptos build --frontend-only
)

# Hard links cost nothing and keep the file alive when another clone's build replaces it in the shared target folder.
place_programs() {
  local name from to
  mkdir -p "$STACK_DIR/bin"
  for name in "$@"; do
    from=$CARGO_TARGET_DIR/debug/$name to=$STACK_DIR/bin/$name
    if [ "$from" -ef "$to" ] || cmp -s "$from" "$to"; then continue; fi
    ln -f "$from" "$to" 2>/dev/null || cp -f "$from" "$to"
  done
}

# True when the files are new.
place_site() {
  if diff -rq "$CACHE/site" "$STACK_DIR/site" >/dev/null 2>&1; then return 1; fi
  rm -rf "$STACK_DIR/site"
  cp -r "$CACHE/site" "$STACK_DIR/site"
}
