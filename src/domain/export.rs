//! Plans and results as text for other programs and for incident notes: CSV, JSON, Markdown; rows of the
//! list as tab-separated values.
//!
//! One writer for what the dashboard saves and what `centurion history` prints. Every cell is clean (T6),
//! and none can act where it is opened: no formula in a spreadsheet, no markup in a note.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::domain::action::Action;
use crate::domain::outcome::Outcome;
use crate::domain::plan::{Place, Plan, PlanRow};
use crate::domain::report::{Fate, Report, ReportRow, seen_since};
use crate::domain::resource::Resource;
use crate::domain::text::Clean;
use crate::domain::tracking::{Track, Tracking};

/// How it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The table, comma-separated, with a line of heads.
    Csv,
    /// One object: the facts, the counts, the rows.
    Json,
    /// A block for an incident note.
    Markdown,
}

impl Format {
    /// Every format, for arguments and tests.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Markdown];

    /// Its word: the value of `--format` and the ending of a file's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "md",
        }
    }
}

/// What is written down: facts, counts that add up, and a row for each marked row.
#[derive(Debug)]
pub struct Table {
    title: String,
    facts: Vec<(&'static str, String)>,
    counts: Vec<(&'static str, usize)>,
    /// How many rows show which tracking; of a plan none.
    seen: Vec<(&'static str, usize)>,
    /// The heads of the rows, as the first line of the CSV.
    heads: &'static str,
    rows: Vec<Vec<String>>,
    /// What is worth a line beside the rows.
    notes: Vec<String>,
}

const OF_RESULTS: &str = "batch,platform,connection,scope,kind,id,name,verb,request,outcome,code,reason,\
                          request id,tracking,status,target";

const OF_PLAN: &str = "platform,connection,scope,kind,id,name,status,group,verb,target,remark";

impl Table {
    /// A batch, by its journal name, that `by` confirmed, and what is to be told beside its rows.
    pub fn of_results(batch: &str, by: &str, report: &Report, notes: &[Clean]) -> Self {
        let (intent, totals) = (report.intent(), report.totals());
        let rows = report.rows().iter();
        let action = intent.action.map_or("", Action::word);
        let mut counts = vec![("marked", totals.marked())];
        counts.extend(totals.named());
        let seen = seen_since(report.rows());
        Self {
            title: format!("batch {batch}"),
            facts: vec![
                ("batch", batch.to_owned()),
                ("action", action.to_owned()),
                ("by", by.to_owned()),
                ("confirmed", to_the_second(intent.confirmed)),
                ("reason", text(intent.reason.as_ref())),
                ("retries", text(intent.follows.as_ref())),
            ],
            counts,
            seen: seen.map(|(state, count)| (state.word(), count)).into(),
            heads: OF_RESULTS,
            rows: rows.map(|row| results_row(batch, row)).collect(),
            notes: notes.iter().map(ToString::to_string).collect(),
        }
    }

    /// A plan of which nothing has been sent.
    pub fn of_plan(plan: &Plan, by: &str) -> Self {
        let counts = plan.counts();
        Self {
            title: format!("plan to {}, not sent", plan.action().word()),
            facts: vec![
                ("action", plan.action().word().to_owned()),
                ("by", by.to_owned()),
                ("frozen", to_the_second(plan.frozen())),
            ],
            counts: vec![
                ("marked", plan.rows().len()),
                ("send", counts.send),
                ("server decides", counts.server_decides),
                ("left out", counts.left_out),
            ],
            seen: Vec::new(),
            heads: OF_PLAN,
            rows: plan.rows().iter().map(plan_row).collect(),
            notes: Vec::new(),
        }
    }

    /// The text, with a line end.
    pub fn text(&self, format: Format) -> String {
        match format {
            Format::Csv => self.csv(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
        }
    }

    fn csv(&self) -> String {
        let mut text = format!("{}\n", self.heads);
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            text += &(cells.join(",") + "\n");
        }
        text
    }

    fn json(&self) -> String {
        let clean = |text: &str| Value::from(Clean::new(text).as_str());
        let row = |cells: &Vec<String>| -> Value {
            let cells = self.heads.split(',').zip(cells);
            let cells = cells.map(|(head, cell)| (head.to_owned(), clean(cell)));
            cells.collect::<Map<_, _>>().into()
        };
        let facts = self.facts.iter();
        let facts = facts.map(|(name, fact)| ((*name).to_owned(), clean(fact)));
        let mut whole: Map<_, _> = facts.collect();
        for (name, counts) in [("counts", &self.counts), ("seen since", &self.seen)] {
            let counts = counts.iter();
            let counts = counts.map(|(name, count)| ((*name).to_owned(), Value::from(*count)));
            whole.insert(name.to_owned(), counts.collect::<Map<_, _>>().into());
        }
        whole.insert("rows".to_owned(), self.rows.iter().map(row).collect());
        let notes = self.notes.iter().map(|note| clean(note));
        whole.insert("notes".to_owned(), notes.collect());
        format!("{:#}\n", Value::from(whole))
    }

    fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n", markdown_cell(&self.title));
        for (name, fact) in self.facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "- {name}: {}", markdown_cell(fact));
        }
        for (name, counts) in [("rows", &self.counts), ("seen since", &self.seen)] {
            let counts = counts.iter().filter(|(_, count)| *count > 0);
            let counts = counts.map(|(name, count)| format!("{count} {name}"));
            let counts = counts.collect::<Vec<_>>().join(", ");
            if !counts.is_empty() {
                let _ = writeln!(text, "- {name}: {counts}");
            }
        }
        for note in &self.notes {
            let _ = writeln!(text, "- note: {}", markdown_cell(note));
        }
        let heads = self.heads.replace(',', " | ");
        let rule = "---|".repeat(self.heads.split(',').count());
        let _ = writeln!(text, "\n| {heads} |\n|{rule}");
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| markdown_cell(cell)).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text
    }
}

/// A note is read by people: no fractions of a second.
fn to_the_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Cells that a spreadsheet would take for a formula are made text by an apostrophe.
fn inert(text: &str) -> String {
    let text = Clean::new(text);
    let is_formula = text.as_str().trim_start().starts_with(['=', '+', '-', '@']);
    format!("{}{text}", if is_formula { "'" } else { "" })
}

fn csv_cell(text: &str) -> String {
    let text = inert(text);
    if text.contains([',', '"']) || text != text.trim() {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// Nothing in it is markup, a link's words, or the end of its cell.
fn markdown_cell(text: &str) -> String {
    let mut out = String::new();
    for c in Clean::new(text).as_str().chars() {
        if "\\`*_<>[]|#~&!".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn place_of(row: &Resource) -> [String; 6] {
    let source = &row.key.source;
    [
        source.platform.name().to_owned(),
        source.connection.to_string(),
        row.scope.to_string(),
        row.kind_word().to_owned(),
        row.key.id.shown().to_string(),
        row.name.to_string(),
    ]
}

/// The heads of [`tab_separated`].
pub const OF_LIST: &str =
    "platform\tconnection\tscope\tkind\tid\tname\tstatus\ttarget\tcreated\tmodified\tgpus\towner";

/// A row of the list on one line. Times are UTC, an empty cell is what the platform does not say.
pub fn tab_separated(row: &Resource) -> String {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let mut cells = Vec::from(place_of(row));
    cells.extend([
        row.status.word.to_string(),
        text(row.target.as_ref()),
        time(row.created),
        time(row.modified),
        row.gpus.map(|gpus| gpus.to_string()).unwrap_or_default(),
        text(row.owner.as_ref()),
    ]);
    let cells: Vec<String> = cells.iter().map(|cell| inert(cell)).collect();
    cells.join("\t")
}

fn results_row(batch: &str, row: &ReportRow) -> Vec<String> {
    let said = Said::of(row);
    let is_refused = matches!(row.outcome(), Some(Outcome::Rejected(_)));
    let last = row.track().and_then(Track::last_word);
    let last = last.or(is_refused.then(|| row.last_status()));
    let mut cells = vec![batch.to_owned()];
    cells.extend(place_of(&row.row));
    cells.extend([
        row.verb.map_or("", |verb| verb.word).to_owned(),
        row.request
            .map_or_else(String::new, |number| number.to_string()),
        said.outcome.to_owned(),
        said.code,
        said.reason,
        said.request_id,
        row.shown().map_or("", Tracking::word).to_owned(),
        last.map(Clean::to_string).unwrap_or_default(),
        row.verb.map_or("", |verb| verb.goal.word()).to_owned(),
    ]);
    cells
}

fn plan_row(row: &PlanRow) -> Vec<String> {
    let (group, remark) = match &row.place {
        Place::Send(_) => ("send", String::new()),
        Place::ServerDecides(_, guess) => ("server decides", (*guess).to_owned()),
        Place::LeftOut { words, .. } => ("left out", words.to_string()),
    };
    let verb = row.place.verb();
    let mut cells = Vec::from(place_of(&row.row));
    cells.extend([
        row.row.status.word.to_string(),
        group.to_owned(),
        verb.map_or("", |verb| verb.word).to_owned(),
        verb.map_or("", |verb| verb.goal.word()).to_owned(),
        remark,
    ]);
    cells
}

fn text(text: Option<&Clean>) -> String {
    text.map(Clean::to_string).unwrap_or_default()
}

/// What the server said of a row, in words; empty where it said nothing.
#[derive(Debug, Default)]
pub struct Said {
    /// The outcome's word, or how far the row has come without one.
    pub outcome: &'static str,
    /// The platform's code.
    pub code: String,
    /// The reason, verbatim but clean.
    pub reason: String,
    /// What the platform's support asks for.
    pub request_id: String,
}

impl Said {
    /// What is known of that row.
    pub fn of(row: &ReportRow) -> Self {
        let only = |outcome, reason: String| Self {
            outcome,
            reason,
            ..Self::default()
        };
        match row.fate() {
            Fate::Queued => only("queued", String::new()),
            Fate::Sent => only("sent", String::new()),
            Fate::Known(Outcome::Scheduled { message }) => {
                only("scheduled", text(message.as_ref()))
            }
            Fate::Known(Outcome::Unknown(why)) => only("unknown", why.to_string()),
            Fate::Known(Outcome::LeftOut(_, why)) => only("left out", why.to_string()),
            Fate::Known(Outcome::Rejected(no)) => Self {
                outcome: "rejected",
                code: text(no.code.as_ref()),
                reason: no.reason.to_string(),
                request_id: text(no.request_id.as_ref()),
            },
        }
    }
}
