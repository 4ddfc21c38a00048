//! The filter the operator types: text and fields, several at once, all of which must hold.
//!
//! `llama` text · `!text` without it · `~regex` · `status:failed` · `owner:ana,ivo` · `in:prod-eu` · `age>2h` · `gpu>4`

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};

use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::time::age;

/// Fields that are compared as text. `status:` takes a word or a group and replaces the status chips,
/// `owner:me` is the operator, `in:` a connection by its whole name, `kind:` also Run:ai's type.
pub const TEXT_FIELDS: [&str; 12] = [
    "name",
    "id",
    "status",
    "owner",
    "platform",
    "in",
    "scope",
    "kind",
    "target",
    "scenario",
    "executable",
    "message",
];

/// A filter, parsed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Text(Needle),
    Pattern(Regex),
    /// One of these values.
    Field(&'static str, Vec<Needle>),
    Age(Ordering, Duration),
    Gpu(Ordering, f64),
}

/// Text that is looked for without regard to case.
#[derive(Clone, Debug)]
struct Needle(String);

impl Needle {
    fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    fn is_in(&self, text: &str) -> bool {
        let needle = self.0.as_bytes();
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        let hay = text.as_bytes();
        hay.len() >= needle.len()
            && hay
                .windows(needle.len())
                .any(|part| part.eq_ignore_ascii_case(needle))
    }
}

impl Filter {
    /// Reads what was typed. `me` stands for the operator in `owner:me`. The error is one line that
    /// says which part is meant and what was expected.
    pub fn parse(typed: &str, me: &str) -> Result<Self, String> {
        let words = typed.split_whitespace();
        let terms = words.map(|word| term(word, me)).collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it names a status itself, so that the status chips do not count.
    pub fn names_status(&self) -> bool {
        let is_status = |term: &Term| matches!(term.test, Test::Field("status", _));
        self.terms.iter().any(is_status)
    }

    /// With the name nearest to its first word in the place of that word, and that name.
    pub fn corrected(&self, names: &BTreeSet<&str>) -> Option<(String, Self)> {
        let is_word = |term: &Term| !term.negated && matches!(term.test, Test::Text(_));
        let place = self.terms.iter().position(is_word)?;
        let Test::Text(Needle(typed)) = &self.terms[place].test else {
            return None;
        };
        let most = typed.chars().count() / 3 + 1;
        let whole = names.iter().filter(|name| name.len() > 2);
        let near = whole.map(|name| name.to_lowercase());
        let near = near.map(|name| (distance(typed, &name), name));
        let (_, name) = near.filter(|(far, _)| *far <= most).min()?;
        let mut filter = self.clone();
        filter.terms[place].test = Test::Text(Needle(name.clone()));
        Some((name, filter))
    }

    /// Whether the row passes. A term without its value hides nothing yet.
    pub fn matches(&self, row: &Resource, now: Timestamp) -> bool {
        self.terms
            .iter()
            .all(|term| term.test.is_open() || term.test.holds(row, now) != term.negated)
    }
}

/// How many letters are to be added, dropped or changed to make one word of the other.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.chars().count()]
}

fn term(word: &str, me: &str) -> Result<Term, String> {
    let (negated, word) = match word.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    Ok(Term {
        negated,
        test: test(word, me)?,
    })
}

fn test(word: &str, me: &str) -> Result<Test, String> {
    if let Some(pattern) = word.strip_prefix('~') {
        let built = RegexBuilder::new(pattern)
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build();
        return built.map(Test::Pattern).map_err(|error| {
            // The lines before the last one repeat the pattern.
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default();
            let why = why.trim_start_matches("error: ");
            format!("`{pattern}` is not a regular expression: {why}; without `~` it is plain text")
        });
    }
    if let Some((field, value)) = word.split_once(':') {
        let Some(field) = TEXT_FIELDS.into_iter().find(|name| *name == field) else {
            let names = TEXT_FIELDS.join(", ");
            return Err(format!(
                "no field `{field}:`; there are {names}; age and gpu are compared, age>2h gpu>4; \
                 `~{word}` looks for the text itself"
            ));
        };
        let is_me = (field, value) == ("owner", "me");
        let value = if is_me { me } else { value };
        let values = value.split(',').filter(|value| !value.is_empty());
        return Ok(Test::Field(field, values.map(Needle::new).collect()));
    }
    for (sign, bound) in [('>', Ordering::Greater), ('<', Ordering::Less)] {
        if let Some((field, value)) = word.split_once(sign) {
            return measure(field, bound, value);
        }
    }
    Ok(Test::Text(Needle::new(word)))
}

fn measure(field: &str, bound: Ordering, value: &str) -> Result<Test, String> {
    match field {
        "age" => {
            let span = span(value)
                .ok_or_else(|| format!("`{value}` is not a span; write age>90s, 30m, 2h or 3d"))?;
            Ok(Test::Age(bound, span))
        }
        "gpu" => {
            let number = value
                .parse()
                .map_err(|_| format!("`{value}` is not a number of GPUs; write gpu>4 or gpu<1"))?;
            Ok(Test::Gpu(bound, number))
        }
        _ => Err(format!(
            "`{field}` cannot be compared; age>2h and gpu>4 can; `~{field}` looks for a text"
        )),
    }
}

fn span(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let seconds = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

impl Test {
    /// Whether its value is still to be typed: `!`, `~`, `owner:`.
    fn is_open(&self) -> bool {
        match self {
            Self::Text(needle) => needle.0.is_empty(),
            Self::Field(_, needles) => needles.is_empty(),
            Self::Pattern(regex) => regex.as_str().is_empty(),
            Self::Age(..) | Self::Gpu(..) => false,
        }
    }

    fn holds(&self, row: &Resource, now: Timestamp) -> bool {
        match self {
            Self::Text(needle) => searched(row).any(|text| needle.is_in(text)),
            Self::Pattern(regex) => searched(row).any(|text| regex.is_match(text)),
            Self::Field(field, needles) => {
                let mut needles = needles.iter();
                needles.any(|needle| field_holds(field, needle, row))
            }
            Self::Age(bound, limit) => {
                let age = row.created.map(|at| age(now, at));
                age.is_some_and(|age| age.cmp(limit) == *bound)
            }
            Self::Gpu(bound, limit) => {
                let held = row.gpus.and_then(|gpus| gpus.partial_cmp(limit));
                held == Some(*bound)
            }
        }
    }
}

/// What plain text is looked for in.
fn searched(row: &Resource) -> impl Iterator<Item = &str> {
    let owner = row.owner.iter().map(Clean::as_str);
    [
        row.name.as_str(),
        row.key.id.raw(),
        row.key.source.connection.as_str(),
        row.scope.as_str(),
        row.kind_word(),
    ]
    .into_iter()
    .chain(owner)
}

fn field_holds(field: &str, needle: &Needle, row: &Resource) -> bool {
    let source = &row.key.source;
    let is_in = |text: &Clean| needle.is_in(text.as_str());
    match field {
        "name" => is_in(&row.name),
        "id" => needle.is_in(row.key.id.raw()),
        "status" => is_in(&row.status.word) || row.status.group.word() == needle.0,
        "owner" => row.owner.as_ref().is_some_and(is_in),
        "platform" => {
            let spellings = source.platform.spellings();
            spellings.iter().any(|word| needle.is_in(word))
        }
        "in" => source.connection.as_str().eq_ignore_ascii_case(&needle.0),
        "scope" => is_in(&row.scope),
        "kind" => needle.is_in(source.kind.word()) || needle.is_in(row.kind_word()),
        "target" => row.target.as_ref().is_some_and(is_in),
        "message" => row.message.as_ref().is_some_and(is_in),
        fact => row
            .facts
            .iter()
            .any(|(label, value)| *label == fact && is_in(value)),
    }
}
