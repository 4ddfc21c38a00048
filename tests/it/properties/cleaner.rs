//! The cleaner: nothing it lets through drives a terminal or hides, and nothing that can be seen is lost.

use centurion::domain::resource::Id;
use centurion::domain::text::{Clean, Secret, cut, cut_middle, folded, width};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::hidden::{LISTS, is_hidden};
use super::{HOSTILE, config, text};

/// What takes room by itself, as it is to be shown: letters and digits as they are, others perhaps escaped.
fn visible(raw: &str, shown: &str) -> String {
    let own = |c: &char| !is_hidden(*c) && !c.is_ascii() && *c != '·' && c.width() > Some(0);
    let visible = raw.chars().filter(own);
    let as_shown = visible.map(|c| {
        if c.is_alphanumeric() || shown.contains(c) {
            c.to_string()
        } else {
            c.escape_unicode().to_string()
        }
    });
    as_shown.collect()
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
    prop_assert!(
        is_within(&visible(raw, shown), shown),
        "{shown:?} of {raw:?}"
    );
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
    fn t4_a_folded_text_fits_its_columns_and_loses_only_spaces(raw in text(), columns in 1..40_usize) {
        let clean = Clean::new(&raw);
        let text = clean.as_str();
        let lines: Vec<&str> = folded(text, columns).collect();
        let dense = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(dense(&lines.concat()), dense(text));
        for line in lines {
            prop_assert!(width(line) <= columns || line.graphemes(true).count() == 1, "{line:?} in {columns}");
        }
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
fn t2_t3_no_character_of_the_standards_lists_reaches_a_cell() {
    for (first, last) in LISTS.into_iter().flatten() {
        let raw: String = (*first..=*last).filter_map(char::from_u32).collect();
        let clean = Clean::new(&raw);
        let mut hidden = clean.as_str().chars().filter(|c| is_hidden(*c));
        assert_eq!(hidden.next(), None, "of {first:x}..{last:x}");
    }
}

#[test]
fn t4_letters_digits_signs_and_pictures_stand_as_they_are() {
    let plain = "aZ0 äß Ωж אب 日本語 한국 ก क़ ½ ± ─│ … 🦀 👍🏽 🇩🇪";
    assert_eq!(Clean::new(plain).as_str(), plain);
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
        ("\u{17b4}\u{2800}", "··"),
        (
            "\u{13430}\u{1bca0}\u{e000}\u{fdd0}\u{378}",
            "\\u{13430}\\u{1bca0}\\u{e000}\\u{fdd0}\\u{378}",
        ),
        ("a\u{a0}b\u{3000}", "a b "),
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
fn t4_a_text_is_folded_after_a_space_and_inside_a_word_that_is_longer_than_half_a_line() {
    for (text, columns, lines) in [
        ("", 9, &[""][..]),
        ("one two", 7, &["one two"]),
        ("the quick brown fox", 12, &["the quick", "brown fox"]),
        ("four five   six", 9, &["four five", "six"]),
        ("fives four six", 10, &["fives four", "six"]),
        ("ab defg", 5, &["ab de", "fg"]),
        ("ab defg", 4, &["ab", "defg"]),
        ("a pneumonoultra", 9, &["a pneumon", "oultra"]),
        ("日本語", 5, &["日本", "語"]),
        ("日本語", 4, &["日本", "語"]),
        ("日本", 1, &["日", "本"]),
        ("ab", 0, &["a", "b"]),
        (
            "e\u{301}a\u{301}o\u{301}",
            2,
            &["e\u{301}a\u{301}", "o\u{301}"],
        ),
    ] {
        let found: Vec<&str> = folded(text, columns).collect();
        assert_eq!(found, lines, "{text} in {columns}");
    }
}

#[test]
fn t5_an_id_of_1_to_128_printable_characters_may_be_sent() {
    for (id, sound) in [
        ("", false),
        ("!", true),
        ("e-1~", true),
        ("e 1", false),
        ("e\u{7f}", false),
        ("e0\u{430}1", false),
    ] {
        assert_eq!(Id::new(id).is_sound(), sound, "{id:?}");
    }
    let long = |length| Id::new(&"x".repeat(length)).is_sound();
    assert!(long(128) && !long(129));
}

#[test]
fn t3_a_clean_text_is_printed_as_it_is_and_in_quotes_where_a_text_is() {
    let clean = Clean::new("a\t\"b\"");
    assert_eq!(format!("{clean:>7}"), "  a \"b\"");
    assert_eq!(format!("{clean:?}"), r#""a \"b\"""#);
    assert!(Clean::new("").is_empty() && !clean.is_empty());
}

#[test]
fn p7_a_secret_prints_as_stars() {
    assert_eq!(format!("{:?}", Secret::new("c4n4ry".to_owned())), "***");
}
