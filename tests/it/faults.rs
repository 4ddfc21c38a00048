//! `tests/faults.md`: every promise and every fault has its row, and every row its test.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The ids of the catalogue: a letter, and how many there are of it.
const CATALOGUE: [(char, usize); 7] = [
    ('P', 10),
    ('N', 34),
    ('R', 13),
    ('L', 10),
    ('T', 23),
    ('J', 14),
    ('C', 13),
];

/// A row: its id, and what stands in the column of tests.
fn rows() -> Vec<(String, String)> {
    let table = fs::read_to_string(in_project("tests/faults.md")).expect("the table is there");
    let cells = |line: &str| -> Option<(String, String)> {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (id, promise) = (cells.next()?, cells.next()?);
        let tests = cells.next()?.trim_end_matches(" |");
        let counted = id.len() > 1 && id[1..].bytes().all(|byte| byte.is_ascii_digit());
        assert!(!counted || !promise.trim().is_empty(), "{id} says nothing");
        counted.then(|| (id.to_owned(), tests.to_owned()))
    };
    table.lines().filter_map(cells).collect()
}

fn in_project(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The tests a row names, without what it says is open.
fn named(tests: &str) -> impl Iterator<Item = &str> {
    let tests = tests.split("open: ").next().unwrap_or_default();
    tests.split('`').skip(1).step_by(2)
}

/// Whether a test stands where its path says: under `tests/it`, or beside the code.
fn exists(test: &str) -> bool {
    let Some((module, name)) = test.rsplit_once("::") else {
        return false;
    };
    let path = module.replace("::", "/");
    let places = ["tests/it", "src"]
        .iter()
        .flat_map(|root| [format!("{root}/{path}.rs"), format!("{root}/{path}/mod.rs")]);
    let mut sources = places.filter_map(|place| fs::read_to_string(in_project(&place)).ok());
    sources.any(|source| runs(&source, name))
}

/// Whether the source has a test of that name that runs: a function with an attribute for it right above, and none
/// that has it passed over.
fn runs(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let head = format!("fn {name}(");
    let is_it = |line: &&str| line.trim_start_matches("async ").starts_with(&head);
    let Some(place) = lines.iter().position(is_it) else {
        return false;
    };
    let above = lines[..place].iter().rev();
    let own: Vec<_> = above
        .take_while(|line| line.starts_with(['#', '/']))
        .collect();
    let has = |start: &str| own.iter().any(|line| line.starts_with(start));
    (has("#[test]") || has("#[tokio::test")) && !has("#[ignore")
}

#[test]
fn only_a_function_that_is_run_as_a_test_counts_as_one() {
    let source = "
#[tokio::test(flavor = \"multi_thread\")]
#[expect(clippy::all)]
async fn waits() {
#[test]
/// Why.
fn n1_documented() {
proptest! {
    #[test]
    fn any(number: usize) {
fn helper() {
#[ignore = \"slow\"]
#[test]
fn ignored() {
#[test]

// fn commented() {
// #[test]
fn off() {";
    for name in ["waits", "n1_documented", "any"] {
        assert!(runs(source, name), "{name}");
    }
    for name in [
        "helper",
        "ignored",
        "commented",
        "off",
        "absent",
        "documented",
    ] {
        assert!(!runs(source, name), "{name}");
    }
}

#[test]
fn every_id_of_the_catalogue_has_exactly_one_row() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (id, _) in rows() {
        *found.entry(id).or_default() += 1;
    }
    let ids = CATALOGUE
        .iter()
        .flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}")));
    let expected: BTreeMap<String, usize> = ids.map(|id| (id, 1)).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_test_of_the_catalogue_exists() {
    for (id, tests) in rows() {
        for test in named(&tests) {
            assert!(exists(test), "{id} names {test}, which is not there");
        }
        let is_held = named(&tests).next().is_some() || tests.contains("open: ");
        assert!(
            is_held,
            "{id} has neither a test nor a word on what is missing"
        );
    }
}

#[test]
fn nothing_in_the_catalogue_is_left_open() {
    let open = rows()
        .into_iter()
        .filter(|(_, tests)| tests.contains("open: "));
    let open: Vec<String> = open.map(|(id, _)| id).collect();
    assert!(open.is_empty(), "open: {open:?}");
}
