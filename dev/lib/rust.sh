# shellcheck shell=bash
# One Rust tool chain that builds for this machine and for the browser.

# True when the default tool chain is new enough and has the standard library for the browser, fetching that if need be.
rustup_has_wasm() {
  at_least "$RUST_MINIMUM" "$(rustc --version | cut -d ' ' -f 2)" || return 1
  [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] || rustup target add wasm32-unknown-unknown
}

# Debian's Rust with a standard library for the browser built from Debian's sources, laid out as a tool chain of rustup.
# Everything that is Debian's is linked, so that /usr stays as it is.
build_debian_toolchain() {
  local toolchain=$1 host wasm=wasm32-unknown-unknown probe
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  mkdir -p "$toolchain/bin" "$toolchain/lib/rustlib/$host/bin" "$toolchain/lib/rustlib/$wasm/lib"
  ln -s "/usr/lib/rustlib/$host/lib" "$toolchain/lib/rustlib/$host/lib"
  ln -s "$(readlink -f /usr/bin/lld-22)" "$toolchain/lib/rustlib/$host/bin/rust-lld"
  ln -s /usr/bin/cargo "$toolchain/bin/cargo"
  for program in rustc rustdoc; do
    # The script finds the folder from its own path, because the folder is renamed once it is complete.
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "${0%%/bin/*}" "$@"\n' "$program" >"$toolchain/bin/$program"
    chmod +x "$toolchain/bin/$program"
  done

  probe=$toolchain/probe
  mkdir -p "$probe/src"
  touch "$probe/src/lib.rs"
  printf '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$probe/Cargo.toml"
  PATH=$toolchain/lib/rustlib/$host/bin:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$probe/target \
    /usr/bin/cargo build --manifest-path "$probe/Cargo.toml" --release --target "$wasm" -Zbuild-std=std,panic_abort,panic_unwind
  cp "$probe/target/$wasm/release/deps/"*.rlib "$toolchain/lib/rustlib/$wasm/lib/"
  rm -f "$toolchain/lib/rustlib/$wasm/lib/"libprobe*
  rm -r "$probe"
}

# Leaves its choice in $TOOLS/rust: a link to Debian's tool chain, or an empty file when rustup's default will do.
rust_toolchain() {
  local version missing="Rust $RUST_MINIMUM with the target wasm32-unknown-unknown is missing: rustup update stable && rustup target add wasm32-unknown-unknown"
  [ -e "$TOOLS/rust" ] && return
  if rustup_has_wasm >/dev/null 2>&1; then
    touch "$TOOLS/rust"
    return
  fi
  if ! have apt-get || ! have rustup; then fail "$missing"; fi
  if [ ! -x /usr/bin/rustc ] || [ ! -d /usr/lib/rustlib/src/rust/library ] || ! have lld-22; then
    packages rustc-web cargo-web rust-web-src lld-22
  fi
  version=$(/usr/bin/rustc --version | cut -d ' ' -f 2)
  tool rust-web "$version" "1 min" build_debian_toolchain
  rustup toolchain link booksvc-web "$TOOLS/rust-web-$version"
  ln -sfn "rust-web-$version" "$TOOLS/rust"
}
