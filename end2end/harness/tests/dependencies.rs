//! Which crate may know which. Needs no running stack.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use harness::stack::{SERVICES, project};

/// Words of the business, and what belongs to single services.
const BUSINESS: [&str; 18] = [
    "booking",
    "bookings",
    "offer",
    "offers",
    "slot",
    "slots",
    "wallet",
    "wallets",
    "payment",
    "payments",
    "charge",
    "charges",
    "customer",
    "customers",
    "company",
    "companies",
    "notification",
    "notifications",
];

fn metadata() -> anyhow::Result<Metadata> {
    // Only for this machine: crates for other systems need not have been downloaded.
    let rustc = std::process::Command::new("rustc").arg("-vV").output().context("run rustc")?;
    let said = String::from_utf8(rustc.stdout)?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names its host")?;
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host.to_owned()];
    Ok(MetadataCommand::new().manifest_path(project().join("Cargo.toml")).other_options(options).exec()?)
}

/// The names of what `package` is built from, itself not among them; what only its tests need does not count.
fn built_from(metadata: &Metadata, package: &Package) -> anyhow::Result<BTreeSet<String>> {
    let resolve = metadata.resolve.as_ref().context("cargo resolves the workspace")?;
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let (mut seen, mut next) = (BTreeSet::new(), vec![&package.id]);
    while let Some(id) = next.pop() {
        for dependency in &nodes[id].deps {
            let normal = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if normal && seen.insert(&dependency.pkg) {
                next.push(&dependency.pkg);
            }
        }
    }
    Ok(seen.into_iter().map(|id| metadata[id].name.to_string()).collect())
}

fn member<'a>(metadata: &'a Metadata, name: &str) -> anyhow::Result<&'a Package> {
    let package = metadata.workspace_packages().into_iter().find(|package| package.name == name);
    package.with_context(|| format!("{name} is a member of the workspace"))
}

#[track_caller]
fn assert_none(flaws: &[String]) {
    assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
}

#[test]
fn nothing_depends_on_a_service() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let mut flaws = Vec::new();
    for package in metadata.workspace_packages() {
        // Of every kind, for tests too: whoever needs a service in a test starts it.
        for dependency in &package.dependencies {
            if SERVICES.contains(&dependency.name.as_str()) {
                flaws.push(format!("{} depends on the service {}", package.name, dependency.name));
            }
        }
    }
    assert_none(&flaws);
    Ok(())
}

#[test]
fn contracts_can_be_built_for_a_browser() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let built_from = built_from(&metadata, member(&metadata, "contracts")?)?;
    let foreign = ["tokio", "sqlx", "sqlx-core", "axum", "axum-core", "rdkafka", "hyper", "kit"];
    let flaws: Vec<String> = foreign
        .iter()
        .filter(|name| built_from.contains(**name))
        .map(|name| format!("contracts is built from {name}"))
        .collect();
    assert_none(&flaws);
    Ok(())
}

#[test]
fn the_portals_pages_do_not_know_the_plumbing() -> anyhow::Result<()> {
    let metadata = metadata()?;
    for name in ["app", "frontend"] {
        let package = member(&metadata, name)?;
        assert!(!built_from(&metadata, package)?.contains("kit"), "{name} is built from kit");
        let direct = package.dependencies.iter().any(|dependency| dependency.name == "kit");
        assert!(!direct, "{name} depends on kit, if only for some features");
    }
    Ok(())
}

#[test]
fn kit_depends_on_no_member_but_contracts() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let members: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let built_from = built_from(&metadata, member(&metadata, "kit")?)?;
    let known: Vec<&String> = built_from.intersection(&members).filter(|name| *name != "kit").collect();
    assert_eq!(known, ["contracts"]);
    Ok(())
}

#[test]
fn numbers_are_read_exactly_where_money_is_and_nowhere_by_a_switch_for_all() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let resolve = metadata.resolve.as_ref().context("cargo resolves the workspace")?;
    for node in resolve.nodes.iter().filter(|node| metadata[&node.id].name == "serde_json") {
        let on = node.features.iter().any(|feature| feature.as_str() == "arbitrary_precision");
        assert!(!on, "serde_json's arbitrary_precision changes how every number of every crate is read");
    }
    Ok(())
}

#[test]
fn kit_has_no_word_of_the_business() -> anyhow::Result<()> {
    let mut flaws = Vec::new();
    for folder in ["services/kit/src", "services/kit/migrations"] {
        for file in files(&project().join(folder))? {
            let text = fs::read_to_string(&file)?;
            for (index, line) in text.lines().enumerate() {
                for word in words(line).into_iter().filter(|word| BUSINESS.contains(&word.as_str())) {
                    flaws.push(format!("{}:{}: {word}", file.display(), index + 1));
                }
            }
        }
    }
    assert_none(&flaws);
    Ok(())
}

#[test]
fn every_member_takes_the_lints_of_the_workspace() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let mut flaws = Vec::new();
    for package in metadata.workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path)?;
        let lines: Vec<&str> = manifest.lines().map(str::trim).collect();
        if !lines.windows(2).any(|pair| pair == ["[lints]", "workspace = true"]) {
            flaws.push(format!("{} has lints of its own, or none", package.name));
        }
    }
    assert_none(&flaws);
    Ok(())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// The words of a line, those inside of `snake_case` and `CamelCase` too, in lower case.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before_was_lower = false;
    for character in line.chars() {
        let ends = !character.is_alphanumeric() || (character.is_uppercase() && before_was_lower);
        if ends && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before_was_lower = character.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[test]
fn words_are_found_inside_of_identifiers() {
    assert_eq!(
        words("fn book_slot(OfferId: u8) // slots"),
        ["fn", "book", "slot", "offer", "id", "u8", "slots"]
    );
}
