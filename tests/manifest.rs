//! What `Cargo.toml` says is so.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version=1", "--all-features"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The packages that library and command need, themselves included, without dev- and build-time ones.
fn normal_dependencies(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = members(metadata).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let node = nodes.iter().find(|node| node["id"] == id).unwrap();
            let dependencies = node["deps"].as_array().unwrap().iter();
            let normal = |dependency: &&Value| {
                dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null())
            };
            open.extend(dependencies.filter(normal).map(|dependency| dependency["pkg"].as_str().unwrap()));
        }
    }
    found
}

/// Library and command.
fn members(metadata: &Value) -> impl Iterator<Item = &str> {
    metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap())
}

fn version(text: &str) -> Vec<u64> {
    text.split('.').map(|part| part.parse().unwrap()).collect()
}

#[test]
#[ignore = "needs every locked package, also those of other platforms; .ci/run runs it"]
fn rust_version_is_the_greatest_that_a_dependency_states() {
    let metadata = metadata();
    let needed = normal_dependencies(&metadata);
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let rust_version = |package: &Value| package["rust_version"].as_str().map(|text| version(text)[..2].to_vec());
    let stated = packages.iter().find(|package| package["id"] == root).and_then(rust_version).unwrap();
    let greatest = packages
        .iter()
        .filter(|package| members(&metadata).all(|member| package["id"] != member))
        .filter(|package| needed.contains(package["id"].as_str().unwrap()))
        .filter_map(rust_version)
        .max()
        .unwrap();
    assert_eq!(stated, greatest);
}
