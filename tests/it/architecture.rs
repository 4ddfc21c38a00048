//! Which folder may use which: dependencies point down, never sideways or up.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder with the folders below it; the same picture as in the crate documentation.
const BELOW: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("journal", &["domain"]),
    ("config", &["domain"]),
    ("simulator", &["domain"]),
    ("platforms", &["simulator", "domain"]),
    ("app", &["domain"]),
    ("ui", &["app", "domain"]),
    ("runtime", &["ui", "app", "platforms", "journal", "domain"]),
    (
        "cli",
        &[
            "runtime",
            "config",
            "ui",
            "app",
            "platforms",
            "simulator",
            "journal",
            "domain",
        ],
    ),
];

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    let nested = folders.iter().flat_map(|folder| source_files(folder));
    files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == "rs"))
        .chain(nested)
        .collect()
}

fn used_folders(code: &str) -> BTreeSet<&str> {
    let starts = code
        .match_indices("crate::")
        .map(|(at, found)| &code[at + found.len()..]);
    let names = starts.map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
    });
    names.flatten().filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_folder_uses_only_the_folders_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for (folder, below) in BELOW {
        let files = source_files(&root.join(folder));
        assert!(
            !files.is_empty(),
            "src/{folder} is gone: the picture is out of date"
        );
        for file in files {
            let code = fs::read_to_string(&file).expect("readable");
            for used in used_folders(&code) {
                if used != *folder && !below.contains(&used) {
                    breaches.push(format!("{} uses crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn no_folder_is_missing_from_the_picture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(root).expect("readable");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let names: BTreeSet<String> = paths
        .filter(|path| path.is_dir())
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    let drawn: BTreeSet<String> = BELOW
        .iter()
        .map(|(folder, _)| (*folder).to_owned())
        .collect();
    assert_eq!(names, drawn);
}

/// Normal, development and system-specific ones: each in backticks, where its reason stands.
#[test]
fn every_direct_dependency_is_named_in_the_crate_documentation() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("TOML");
    let of_systems = manifest["target"].as_table().expect("a table");
    let tables = of_systems
        .values()
        .chain([&manifest["dependencies"], &manifest["dev-dependencies"]]);
    let names = tables.flat_map(|table| {
        table
            .get("dependencies")
            .unwrap_or(table)
            .as_table()
            .expect("a table")
            .keys()
    });
    let docs: String = include_str!("../../src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .collect();
    let (_, reasons) = docs.split_once("# Dependencies").expect("the section");
    let missing: Vec<&String> = names
        .filter(|name| !reasons.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "without a reason in src/lib.rs: {missing:?}"
    );
}

/// They meet as bytes: a misread specification fails a test instead of agreeing with itself.
#[test]
fn no_simulated_platform_uses_the_wire_types_of_its_client() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/platforms");
    for platform in ["sap_ai_core", "run_ai", "kubiya"] {
        let files = source_files(&root.join(platform).join("simulator"));
        assert!(!files.is_empty(), "{platform} has no simulator");
        for file in files {
            let code = fs::read_to_string(&file).expect("readable");
            for own in ["wire", "client", "rules"] {
                let path = format!("{platform}::{own}");
                assert!(!code.contains(&path), "{} uses {path}", file.display());
            }
        }
    }
}
