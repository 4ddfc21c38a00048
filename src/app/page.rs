//! The pages of one row: what was asked, what came, and the lines of it that are on screen.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::app::Model;
use crate::app::detail::Detail;
use crate::app::facts::Weight;
use crate::domain::action::Action;
use crate::domain::error::PlatformError;
use crate::domain::inspection::{Inquiry, Line, Part};
use crate::domain::text::{counted, folded};
use crate::domain::time::{Moment, midnight};

/// Lines of a part on screen: of what grows at its end the newest, and no others are kept; of a document the first.
const LINES: usize = 5_000;
/// Characters of a line on screen.
const CHARACTERS: usize = 4_000;

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Detail,
    Logs,
}

impl Topic {
    /// As a title, and in the name of a saved file.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Logs => "logs",
        }
    }
}

/// What is being asked of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// Nothing.
    No,
    /// Everything, or the newest.
    Whole,
    /// What was written from then on.
    Since(Timestamp),
}

/// A text that is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// As typed, in lower case.
    pub(crate) text: String,
    /// The entry it was last found in.
    pub(crate) at: usize,
    /// Which of the matches that is, from 1, and how many there are.
    pub(crate) place: (usize, usize),
}

/// A part as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The part; of logs the newest lines.
    pub(crate) part: Part,
    /// How many older lines are not kept.
    pub(crate) left_out: usize,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    /// What it shows.
    pub(crate) topic: Topic,
    /// What is being asked.
    pub(crate) asking: Asking,
    /// What came, in the order of its coming.
    pub(crate) parts: Vec<Kept>,
    /// The first line on screen; beyond the end it means the end, where new lines come into sight.
    pub(crate) offset: usize,
    /// What is looked for.
    pub(crate) search: Option<Search>,
    /// While it is followed: when it is asked for again.
    pub(crate) follow: Option<Moment>,
    /// Which inquiry it waits for; answers to others are late.
    pub(super) number: u64,
}

impl Page {
    /// Opens one: a document at its start, logs at their newest line, followed.
    pub(super) fn new(topic: Topic) -> Self {
        let (offset, follow) = match topic {
            Topic::Detail => (0, None),
            Topic::Logs => (usize::MAX, Some(Moment::default())),
        };
        Self {
            topic,
            asking: Asking::No,
            parts: Vec::new(),
            offset,
            search: None,
            follow,
            number: 0,
        }
    }

    /// What to ask: while it is followed only what is new, where every part so far tells the time.
    pub(super) fn inquiry(&mut self) -> Inquiry {
        let newest = |kept: &Kept| kept.part.lines.as_ref().ok()?.last()?.at;
        let parts = self.parts.iter();
        let since = parts.map(newest).min().flatten();
        let since = since.filter(|_| self.follow.is_some() && self.topic == Topic::Logs);
        self.asking = since.map_or(Asking::Whole, Asking::Since);
        match self.topic {
            Topic::Detail => Inquiry::Detail,
            Topic::Logs => Inquiry::Logs { since },
        }
    }

    /// Takes a part in: it replaces the one of its title, or goes on after it.
    pub(super) fn take(&mut self, mut part: Part) {
        let place = self.parts.iter().position(|k| k.part.title == part.title);
        let old = place.map(|place| &mut self.parts[place]);
        let mut left_out = 0;
        if let (Asking::Since(since), Some(old)) = (self.asking, old)
            && let (Ok(held), Ok(new)) = (&mut old.part.lines, &part.lines)
            && new.iter().all(|line| line.at.is_some())
        {
            left_out = old.left_out;
            let fresh = new.iter().filter(|line| line.at >= Some(since));
            let fresh: Vec<Line> = fresh.filter(|line| !held.contains(line)).cloned().collect();
            held.extend(fresh);
            part.lines = Ok(std::mem::take(held));
        }
        if let (Topic::Logs, Ok(lines)) = (self.topic, &mut part.lines) {
            let excess = lines.len().saturating_sub(LINES);
            lines.drain(..excess);
            left_out += excess;
        }
        let kept = Kept { part, left_out };
        match place {
            Some(place) => self.parts[place] = kept,
            None => self.parts.push(kept),
        }
    }

    /// The command line that a note of the logs holds between backticks, else the first note whole.
    pub(crate) fn command(&self) -> Option<&str> {
        let mut parts = self.parts.iter().filter(|_| self.topic == Topic::Logs);
        let note = parts.find_map(|kept| kept.part.note.as_ref())?;
        Some(note.as_str().split('`').nth(1).unwrap_or(note.as_str()))
    }
}

/// What stands before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    Nothing,
    Label(&'static str),
    Time(Timestamp),
    /// Of a day before this one.
    Date(Timestamp),
}

impl Lead {
    /// Columns it takes.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Label(_) => 17,
            Self::Time(_) => 10,
            Self::Date(_) => 21,
        }
    }
}

/// One line of the screen.
#[derive(Clone, Debug)]
pub(crate) struct PageLine<'a> {
    /// Which entry it belongs to; a long one has several lines.
    pub(crate) entry: usize,
    pub(crate) lead: Lead,
    /// It goes on with the line above: what leads that one is not said again.
    pub(crate) goes_on: bool,
    pub(crate) text: Cow<'a, str>,
    pub(crate) weight: Weight,
}

/// As many columns as there are: nothing is folded.
pub(super) const UNFOLDED: usize = usize::MAX;

/// The entries that are shown of a page, folded to so many columns. Its cost grows with the limits above, not with
/// what a platform sends.
pub(crate) fn lines<'a>(model: &Model, detail: &'a Detail, columns: usize) -> Vec<PageLine<'a>> {
    gathered(model, detail, columns, true)
}

/// Everything on a page, neither folded nor cut.
pub(super) fn whole<'a>(model: &Model, detail: &'a Detail) -> Vec<PageLine<'a>> {
    gathered(model, detail, UNFOLDED, false)
}

fn gathered<'a>(
    model: &Model,
    detail: &'a Detail,
    columns: usize,
    is_cut: bool,
) -> Vec<PageLine<'a>> {
    let mut out = Folded {
        lines: Vec::new(),
        entry: 0,
        columns,
        today: midnight(model.now.wall),
        is_cut,
    };
    let page = &detail.page;
    if page.topic == Topic::Detail {
        known(model, detail, &mut out);
    }
    for kept in &page.parts {
        part(kept, &mut out);
    }
    if page.parts.is_empty() {
        out.head(match page.asking {
            Asking::No => "the platform tells nothing more of this row",
            Asking::Whole | Asking::Since(_) => "asking the platform …",
        });
    }
    out.lines
}

fn known<'a>(model: &Model, detail: &'a Detail, out: &mut Folded<'a>) {
    for fact in model.facts(&detail.row) {
        out.entry(Lead::Label(fact.label), fact.value.into(), fact.weight);
    }
    out.head("rules for this row");
    for action in Action::ALL {
        let rule = model.rule(&detail.row, action, true);
        let text = format!("{:<5}{}", rule.word, rule.why);
        let weight = match rule.weight {
            Weight::Warn => Weight::Warn,
            Weight::Plain | Weight::Strong | Weight::Quiet | Weight::Good => Weight::Plain,
        };
        out.entry(Lead::Label(action.word()), text.into(), weight);
    }
}

fn part<'a>(kept: &'a Kept, out: &mut Folded<'a>) {
    out.head(kept.part.title);
    if let Some(note) = &kept.part.note {
        out.entry(Lead::Nothing, note.as_str().into(), Weight::Strong);
    }
    if kept.left_out > 0 {
        let older = counted(kept.left_out, "older line is", "older lines are");
        out.quiet(format!("{older} not shown").into());
    }
    match &kept.part.lines {
        Ok(lines) if lines.is_empty() && kept.part.note.is_none() => out.quiet("nothing".into()),
        Ok(lines) => {
            let shown = if out.is_cut { LINES } else { lines.len() };
            lines.iter().take(shown).for_each(|line| out.line(line));
            let more = lines.len().saturating_sub(shown);
            if more > 0 {
                let more = counted(more, "line more is", "lines more are");
                out.aside(format!("{more} not shown: e saves them"));
            }
        }
        Err(error) => {
            let text = format!("cannot be read: {error}; {}", advice(error));
            out.entry(Lead::Nothing, text.into(), Weight::Warn);
        }
    }
}

/// What to do about a part that failed, beyond what the error says itself.
fn advice(error: &PlatformError) -> &'static str {
    if error.needs_operator() {
        "L in the list signs in again"
    } else if matches!(error, PlatformError::Forbidden { .. }) {
        "the account needs a role that may read it"
    } else {
        "r asks again"
    }
}

struct Folded<'a> {
    lines: Vec<PageLine<'a>>,
    entry: usize,
    columns: usize,
    /// When it began.
    today: Timestamp,
    /// Only so much as is shown.
    is_cut: bool,
}

impl<'a> Folded<'a> {
    fn entry(&mut self, lead: Lead, text: Cow<'a, str>, weight: Weight) {
        let (entry, columns) = (self.entry, self.columns.saturating_sub(lead.width()));
        self.entry += 1;
        let mut goes_on = false;
        let mut line = |text| {
            self.lines.push(PageLine {
                entry,
                lead,
                goes_on,
                text,
                weight,
            });
            goes_on = true;
        };
        match text {
            Cow::Borrowed(text) => folded(text, columns).for_each(|text| line(text.into())),
            Cow::Owned(text) => {
                folded(&text, columns).for_each(|text| line(text.to_owned().into()));
            }
        }
    }

    /// A line of a part, and where it was cut for the screen.
    fn line(&mut self, line: &'a Line) {
        let text = line.text.as_str();
        let lead = match line.at {
            None => Lead::Nothing,
            Some(at) if at < self.today => Lead::Date(at),
            Some(at) => Lead::Time(at),
        };
        let long = self.is_cut && text.len() > CHARACTERS;
        let end = long.then(|| text.char_indices().nth(CHARACTERS));
        let Some((end, _)) = end.flatten() else {
            return self.entry(lead, text.into(), Weight::Plain);
        };
        self.entry(lead, text[..end].into(), Weight::Plain);
        let more = text[end..].len();
        self.aside(format!(
            "… {more} bytes more of this line are not shown: e saves it whole"
        ));
    }

    /// A remark that belongs to the entry before it.
    fn aside(&mut self, text: String) {
        self.entry -= 1;
        self.quiet(text.into());
    }

    fn quiet(&mut self, text: Cow<'a, str>) {
        self.entry(Lead::Nothing, text, Weight::Quiet);
    }

    fn head(&mut self, title: &'static str) {
        if !self.lines.is_empty() {
            self.quiet("".into());
        }
        self.entry(Lead::Nothing, title.into(), Weight::Strong);
    }
}
