//! Every public item of the library has an example, which `cargo test --doc` runs or at least compiles.
//!
//! The lint `unreachable_pub` is on, so whatever the sources call `pub` is public, and nothing else is.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_public_function_struct_and_enum_has_an_example() {
    let without: Vec<String> = sources(Path::new("src")).iter().flat_map(|file| without_example(file)).collect();
    assert!(without.is_empty(), "expected an example of each, found none of {without:#?}");
}

/// The library's files.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

fn without_example(file: &Path) -> Vec<String> {
    let source = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let has_example = |item: usize| {
        // Documentation and attributes reach up to the empty line before them.
        let mut above = lines[..item].iter().rev().take_while(|line| !line.is_empty());
        above.any(|line| line.starts_with("///") && line.contains("```"))
    };
    let items = (0..lines.len()).filter(|&number| is_public_item(lines[number]) && !has_example(number));
    items.map(|number| format!("{}:{}: {}", file.display(), number + 1, lines[number])).collect()
}

fn is_public_item(line: &str) -> bool {
    let Some(item) = line.strip_prefix("pub ") else { return false };
    let item = item.trim_start_matches("const ").trim_start_matches("async ");
    ["fn ", "struct ", "enum "].iter().any(|kind| item.starts_with(kind))
}
