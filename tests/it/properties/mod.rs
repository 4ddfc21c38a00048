//! Promises for any input, each tried with as many inputs as `CENTURION_CASES` says. `CENTURION_SEED`
//! repeats a run; what once failed stays in `tests/proptest-regressions` and is tried first. Hundreds of
//! thousands of inputs want `CARGO_PROFILE_TEST_OPT_LEVEL=1`: the same run then takes a tenth of the time.

mod answers;
mod cleaner;
mod configuration;
mod damage;
mod filter;
mod hidden;
mod journal;
mod machine;
mod moves;

use std::env;
use std::sync::LazyLock;

use proptest::prelude::*;

pub(crate) use self::hidden::is_hidden;
use proptest::test_runner::RngSeed;

/// The strings that are to hurt: controls, bidi, invisible, wide, joined and confusable characters (T2 to T5).
pub(crate) static HOSTILE: LazyLock<Vec<String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/hostile.json")).expect("a list of texts")
});

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

/// How many inputs, and from which seed; both are printed so that a failure can be repeated.
#[expect(
    clippy::print_stdout,
    reason = "shown with `--nocapture` and beside a failure"
)]
fn config() -> ProptestConfig {
    static SEED: LazyLock<u64> =
        LazyLock::new(|| number("CENTURION_SEED").unwrap_or_else(|| fastrand::u64(..)));
    let cases = number("CENTURION_CASES").unwrap_or(256);
    println!("{cases} inputs, CENTURION_SEED={}", *SEED);
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(*SEED),
        ..ProptestConfig::default()
    }
}

/// Some text: hostile strings, plain letters and any characters, one after the other.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<prop::sample::Index>().prop_map(|at| at.get(&HOSTILE).clone()),
        any::<char>().prop_map(String::from),
        prop::sample::select(vec!["llama", "a b", "0", "-", "ß"]).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}
