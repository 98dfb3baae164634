# shellcheck shell=bash
# Which tests a part of the run takes.

# test_files FILTER [FILES]: flags for `cargo test` that name the test files of the packages that FILTER (of jq, over .name)
# chooses; of them those that FILES chooses.
# Never --package: a chosen package has other features of its dependencies, and they would all be built again.
test_files() {
  cargo metadata --manifest-path "$ROOT/Cargo.toml" --no-deps --offline --format-version 1 |
    jq --raw-output ".packages[] | select(.name != \"frontend\" and (.name | $1)) | .targets[] | select(.kind == [\"test\"] and (.name | ${2:-true})) | \"--test\", .name"
}
