//! The filter: it takes any text, hides what it does not show, and `!x` shows the rest.

use std::sync::{Arc, LazyLock};

use centurion::app::filter::{Filter, TEXT_FIELDS};
use centurion::domain::resource::{Group, Resource};
use centurion::domain::text::Clean;
use jiff::Timestamp;
use proptest::prelude::*;

use super::{HOSTILE, config};
use crate::fixture::{nothing, row, sap};

/// Made once: there are enough of them to meet every term, and cleaning their names is not what is tried.
static ROWS: LazyLock<Vec<Arc<Resource>>> = LazyLock::new(|| {
    let plain = ["llama-3-eval", "LLAMA", "ünï", "ft-12"].map(String::from);
    let named = |(n, name): (usize, &String)| {
        let mut row = (*row(
            &sap(),
            &format!("e{n}"),
            "RUNNING",
            Group::ALL[n % 6],
            nothing(),
        ))
        .clone();
        row.name = Clean::new(name);
        row.owner = (n % 2 == 0).then(|| Clean::new("ana"));
        row.gpus = (n % 3 == 0).then(|| f64::from(u32::try_from(n).expect("few")));
        row.created = (n % 5 == 0).then_some(Timestamp::UNIX_EPOCH);
        row.facts = Box::new([("scenario", Clean::new(name))]);
        Arc::new(row)
    };
    plain
        .iter()
        .chain(HOSTILE.iter())
        .take(24)
        .enumerate()
        .map(named)
        .collect()
});

/// One term, well written or not.
fn term() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "", "!", "~", "!~", "age>", "age<", "gpu>", "gpu<", ":", ">", "~(",
    ]);
    let field = any::<prop::sample::Index>().prop_map(|at| format!("{}:", at.get(&TEXT_FIELDS)));
    let start = prop_oneof![3 => start.prop_map(String::from), 1 => field];
    let rest = prop_oneof![
        prop::sample::select(vec![
            "llama",
            "L",
            "3",
            "2h",
            "99999999999999999999d",
            "-1",
            "ana",
            "me",
            "",
            "ft-\\d+$",
            "active",
            "[",
            "e1"
        ])
        .prop_map(String::from),
        any::<prop::sample::Index>().prop_map(|at| at.get(&HOSTILE).clone()),
        any::<char>().prop_map(String::from),
    ];
    (start, rest).prop_map(|(start, rest)| start + &rest)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_filters_each_row_in_or_out_and_its_negation_shows_the_others(
        terms in prop::collection::vec(term(), 0..3),
    ) {
        let typed = terms.join(" ");
        let Ok(filter) = Filter::parse(&typed, "ana") else {
            return Ok(());
        };
        let now = Timestamp::from_second(100_000).expect("a time");
        let words: Vec<&str> = typed.split_whitespace().collect();
        let one = |word: &str| Filter::parse(word, "ana").expect("as part of it");
        let alone: Vec<Filter> = words.iter().map(|word| one(word)).collect();
        // A term that has no value yet hides nothing.
        let is_open = |word: &str| word == "~" || word.trim_end_matches(',').strip_suffix(':').is_some_and(|name| TEXT_FIELDS.contains(&name));
        let plain = words.iter().zip(&alone).filter(|(word, _)| !word.starts_with('!') && !is_open(word));
        let negated: Vec<_> = plain.map(|(word, term)| (word, term, one(&format!("!{word}")))).collect();
        prop_assert_eq!(filter.is_empty(), words.is_empty());
        for row in ROWS.iter() {
            let all = alone.iter().all(|term| term.matches(row, now));
            prop_assert_eq!(filter.matches(row, now), all, "terms must all hold: {:?}", typed);
            for (word, term, others) in &negated {
                prop_assert_ne!(term.matches(row, now), others.matches(row, now), "{}", word);
            }
        }
    }
}
