//! The cleaner: nothing it lets through drives a terminal or hides, and nothing that can be seen is lost.

use centurion::domain::resource::Id;
use centurion::domain::text::{Clean, Secret, cut, cut_middle, width};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::{HOSTILE, config, text};

/// What must never reach a cell: T2 and T3 of the catalogue, character by character.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}')
}

/// What takes room by itself and is not drawn by the cleaner.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let own = |c: &char| !is_hidden(*c) && !c.is_ascii() && *c != '·' && c.width() > Some(0);
    text.chars().filter(own)
}

/// The most marks on one letter.
fn stacked(text: &str) -> usize {
    let marks = text.split(|c: char| c.is_ascii() || c.width() != Some(0));
    marks.map(|marks| marks.chars().count()).max().unwrap_or(0)
}

fn is_within(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|c| rest.any(|other| other == c))
}

fn check(raw: &str) -> Result<(), TestCaseError> {
    let clean = Clean::new(raw);
    let shown = clean.as_str();
    prop_assert!(!shown.chars().any(is_hidden), "{shown:?} of {raw:?}");
    prop_assert!(stacked(shown) <= 4, "{shown:?}");
    prop_assert_eq!(
        &Clean::new(shown),
        &clean,
        "cleaning twice is cleaning once"
    );
    prop_assert!(visible(raw).eq(visible(shown)), "{shown:?} of {raw:?}");
    let plain: String = raw.chars().filter(|c| matches!(c, ' '..='~')).collect();
    prop_assert!(is_within(&plain, shown), "{shown:?} of {raw:?}");
    Ok(())
}

/// Columns are counted as they are drawn: grapheme by grapheme.
fn check_cuts(text: &str, columns: usize) -> Result<(), TestCaseError> {
    let drawn: usize = text.graphemes(true).map(width).sum();
    prop_assert_eq!(width(text), drawn, "{:?}", text);
    for short in [cut(text, columns), cut_middle(text, columns)] {
        prop_assert!(width(&short) <= columns, "{short:?} in {columns}");
        let rest = short.replace('…', "");
        prop_assert!(short == text || is_within(&rest, text), "{short:?}");
        prop_assert!((short == text) == (width(text) <= columns), "{short:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn p8_t2_t3_t4_nothing_hidden_survives_and_nothing_visible_is_lost(raw in text()) {
        check(&raw)?;
    }

    #[test]
    fn t4_a_cut_text_fits_its_columns(raw in text(), columns in 0..40_usize) {
        check_cuts(Clean::new(&raw).as_str(), columns)?;
    }

    #[test]
    fn t5_an_id_is_shown_in_printable_ascii_and_only_the_same_id_looks_so(raw in text(), other in text()) {
        let shown = Id::new(&raw).shown();
        prop_assert!(shown.as_str().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{shown}");
        let is_plain = raw.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        prop_assert_eq!(is_plain, shown.as_str() == raw);
        prop_assert!(raw == other || raw.contains('\\') || other.contains('\\') || Id::new(&other).shown() != shown);
    }
}

#[test]
fn t2_t3_t4_t5_every_string_of_the_hostile_corpus_is_tamed() {
    for raw in HOSTILE.iter() {
        check(raw).unwrap_or_else(|why| panic!("{raw:?}: {why}"));
        for columns in 0..20 {
            let cuts = check_cuts(Clean::new(raw).as_str(), columns);
            cuts.unwrap_or_else(|why| panic!("{raw:?}: {why}"));
        }
    }
}

#[test]
fn t3_what_is_invisible_is_made_visible() {
    for (raw, shown) in [
        ("a\tb\r\nc\u{2028}d", "a b  c d"),
        ("\u{1b}[2J\u{7f}\u{9b}", "\\u{1b}[2J\\u{7f}\\u{9b}"),
        (
            "gpj\u{202e}exe\u{61c}\u{e0041}",
            "gpj\\u{202e}exe\\u{61c}\\u{e0041}",
        ),
        ("a\u{200b}b\u{ad}\u{3164}", "a·b··"),
        ("1\u{fe0f}", "1"),
        (
            "e\u{301}\u{301}\u{301}\u{301}\u{301}x\u{301}",
            "e\u{301}\u{301}\u{301}\u{301}x\u{301}",
        ),
    ] {
        assert_eq!(Clean::new(raw).as_str(), shown);
    }
    assert_eq!(Id::new("e0\u{430}1").shown().as_str(), "e0\\u{430}1");
}

#[test]
fn t4_a_text_is_cut_at_its_end_or_in_its_middle() {
    assert_eq!(
        [
            cut("abcdef", 6),
            cut("abcdef", 5),
            cut("abcdef", 1),
            cut("abcdef", 0)
        ],
        ["abcdef", "abcd…", "…", ""]
    );
    assert_eq!(cut("日本語", 5), "日本…");
    assert_eq!(cut_middle("abcdefghij", 10), "abcdefghij");
    assert_eq!(cut_middle("abcdefghij", 7), "abcd…ij");
    assert_eq!(cut_middle("abcdefghij", 0), "");
}

#[test]
fn p7_a_secret_prints_as_stars() {
    assert_eq!(format!("{:?}", Secret::new("c4n4ry".to_owned())), "***");
}
