//! The lower part of a plan: the reason, who sends what through which account, and the line that confirms.

use ratatui::layout::Rect;
use tui_input::Input;

use crate::app::Model;
use crate::app::confirm::{Confirm, Focus, Stage};
use crate::domain::plan::{Account, PlanRow, Reason};
use crate::ui::canvas::{Canvas, fit, row, span};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, clean, flow, plain, say, strong};
use crate::ui::{field, glyph};

/// Columns of the field that the phrase is typed into, beyond the phrase itself.
const PHRASE_ROOM: usize = 12;

/// A line of this part.
pub(super) enum Piece<'a> {
    /// A line across the box.
    Rule,
    /// Words, and what stands at their right.
    Line(Words, Words),
    /// Words, and a field behind them of so many columns.
    Field(Words, &'a Input, bool, usize),
}

/// The lines, from the top.
pub(super) fn pieces<'a>(
    model: &Model,
    confirm: &'a Confirm,
    columns: usize,
    is_tight: bool,
) -> Vec<Piece<'a>> {
    let mut pieces = vec![Piece::Rule];
    if confirm.plan.needing_reason() > 0 {
        pieces.extend(reason(confirm, columns));
        if !is_tight {
            pieces.push(Piece::Rule);
        }
    }
    pieces.extend(hidden(model, confirm, columns));
    let mut accounts = accounts(model, confirm, columns);
    accounts.truncate(if is_tight { 1 } else { 4 });
    let lines = accounts.into_iter();
    pieces.extend(lines.map(|line| Piece::Line(line, Words::new())));
    pieces.extend(complaint(confirm));
    if confirm.focus == Focus::Find {
        let words = plain("Find   ");
        pieces.push(Piece::Field(
            words,
            &confirm.find,
            true,
            columns.saturating_sub(8),
        ));
    }
    pieces.push(phrase(confirm));
    pieces
}

fn reason(confirm: &Confirm, columns: usize) -> Vec<Piece<'_>> {
    let typed = clean(confirm.reason.value().trim()).chars().count();
    let tone = if typed > Reason::LONGEST {
        Tone::Bad
    } else {
        Tone::Quiet
    };
    let count = say(tone, format!("{typed}/{}", Reason::LONGEST));
    let head = strong("REASON").plain(format!(
        "  {} needs it; stored in the journal for all",
        insisting(confirm)
    ));
    let focused = confirm.focus == Focus::Reason;
    let mut pieces = vec![
        Piece::Line(head, count),
        Piece::Field(Words::new(), &confirm.reason, focused, columns),
    ];
    if looks_like_a_token(confirm.reason.value()) {
        let words = "! this looks like a token; a reason is stored and sent as it stands";
        pieces.push(Piece::Line(say(Tone::Warn, words), Words::new()));
    }
    pieces
}

/// The platforms that want a reason.
fn insisting(confirm: &Confirm) -> String {
    let mut names: Vec<&str> = Vec::new();
    let needs = |row: &&PlanRow| row.place.verb().is_some_and(|verb| verb.needs_reason);
    for name in confirm
        .sent()
        .filter(needs)
        .map(|row| row.row.platform().name())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// A long word of letters and digits that is no UUID.
fn looks_like_a_token(text: &str) -> bool {
    let is_token = |word: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.=+/".contains(c);
        word.len() >= 24
            && word.chars().all(allowed)
            && word.contains(|c: char| c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_alphabetic())
            && uuid::Uuid::parse_str(word).is_err()
    };
    text.split_whitespace().any(is_token)
}

/// How many of the rows the list's filter hides.
fn hidden(model: &Model, confirm: &Confirm, columns: usize) -> Option<Piece<'static>> {
    let rows = confirm.plan.rows().iter();
    let count = rows.filter(|row| model.hides(row)).count();
    if count == 0 {
        return None;
    }
    let verb = if count == 1 { "is" } else { "are" };
    let by = if columns < 96 { "" } else { " current" };
    let text = if confirm.only_hidden {
        format!("only the {count} rows that your{by} filter hides are listed")
    } else {
        format!("{count} of these rows {verb} hidden by your{by} filter")
    };
    let key = if confirm.only_hidden {
        "all"
    } else {
        "list them"
    };
    let tab = if matches!(confirm.focus, Focus::Rows | Focus::Find) {
        ""
    } else {
        "tab "
    };
    let keys = strong(format!("{tab}h")).quiet(format!(": {key}"));
    Some(Piece::Line(say(Tone::Warn, text), keys))
}

/// Through which accounts, and the circumstances; hosts where they fit, always with `c` in the rows.
fn accounts(model: &Model, confirm: &Confirm, columns: usize) -> Vec<Words> {
    let plan = &confirm.plan;
    let is_touched = |account: &&Account| {
        confirm
            .sent()
            .any(|row| row.row.key.source.connection == account.connection)
    };
    let touched: Vec<&Account> = plan.accounts().iter().filter(is_touched).collect();
    let lines = [Naming::Account, Naming::Host, Naming::Name].map(|naming| {
        let names = touched.iter().map(|account| named(account, naming));
        let parts = names.chain(circumstances(model, confirm)).collect();
        flow(Words::new(), parts, glyph::DOT, columns)
    });
    let [full, short, least] = lines;
    let most = if columns < 96 { 2 } else { 3 };
    [full, short]
        .into_iter()
        .find(|lines| lines.len() <= most)
        .unwrap_or(least)
}

/// As whom, in how many requests, for how long at most.
fn circumstances(model: &Model, confirm: &Confirm) -> Vec<Words> {
    let plan = &confirm.plan;
    let mut parts = Vec::new();
    parts.push(plain(format!("as {}@{}", model.user, model.host)));
    parts.push(plain(match plan.requests(None).len() {
        0 => "no request".to_owned(),
        1 => "1 request".to_owned(),
        count => format!("{count} requests, all connections at once"),
    }));
    if confirm.sent().next().is_some() {
        parts.push(plain(time_limit(confirm.sent())));
    }
    parts
}

/// How much is said of an account.
#[derive(Clone, Copy)]
enum Naming {
    Account,
    Host,
    Name,
}

fn named(account: &Account, naming: Naming) -> Words {
    let mut words = Words::new();
    if account.protected {
        words = words.say(Tone::Badge, " PROD ").plain(" ");
    }
    words = words.strong(account.connection.as_str());
    match (naming, &account.account) {
        (Naming::Account, Some(name)) => words.quiet(format!(" ({name} at {})", account.host)),
        (Naming::Account, None) | (Naming::Host, _) => words.quiet(format!(" ({})", account.host)),
        (Naming::Name, _) => words,
    }
}

/// The longest a request may take: `time limit 120 s (Kubiya 180 s)`.
fn time_limit<'a>(rows: impl Iterator<Item = &'a PlanRow>) -> String {
    let mut limits: Vec<_> = rows
        .map(|row| row.row.platform())
        .map(|platform| (platform.change_limit().as_secs(), platform.name()))
        .collect();
    limits.sort_unstable();
    limits.dedup();
    let shortest = limits.first().map_or(0, |(limit, _)| *limit);
    let longer: Vec<String> = limits
        .iter()
        .filter(|(limit, _)| *limit > shortest)
        .map(|(limit, name)| format!(" ({name} {limit} s)"))
        .collect();
    format!("time limit {shortest} s{}", longer.concat())
}

fn complaint(confirm: &Confirm) -> Option<Piece<'static>> {
    let words = match (&confirm.complaint, &confirm.stage) {
        (Some(complaint), _) => say(Tone::Warn, format!("! {complaint}")),
        (None, Stage::LastLook(keys, _)) => {
            let rows = crate::app::rows(keys.len());
            let words = format!("{rows} read too long ago: looked at once more, then sent");
            say(Tone::Busy, words)
        }
        (None, Stage::Reading(..) | Stage::Open) => return None,
    };
    Some(Piece::Line(words, Words::new()))
}

/// The line that confirms.
fn phrase(confirm: &Confirm) -> Piece<'_> {
    let focused = confirm.focus == Focus::Phrase;
    let sendable = confirm.plan.counts().sendable();
    if sendable == 0 {
        let words = say(Tone::Warn, "Nothing would be sent: every row is left out.");
        return Piece::Line(words, Words::new());
    }
    let Some(phrase) = confirm.plan.phrase() else {
        let action = confirm.plan.action().word();
        let rows = crate::app::rows(sendable);
        let words = plain("Press ")
            .strong("enter")
            .plain(format!(" to {action} {rows}"));
        let words = if focused {
            words
        } else {
            words.quiet("   (tab: back to this line)")
        };
        return Piece::Line(words, Words::new());
    };
    let room = crate::domain::text::width(&phrase) + PHRASE_ROOM;
    let words = plain("Type   ").strong(phrase).plain("   to send:  ");
    Piece::Field(words, &confirm.phrase, focused, room)
}

/// Draws the lines; the first rule says how many rows are out of sight.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, pieces: &[Piece], more: &Words) {
    let mut note = more.clone();
    for (y, piece) in (0..area.height).zip(pieces) {
        let at = row(area, y);
        let text = span(at, 1, at.width.saturating_sub(2));
        match piece {
            Piece::Rule => canvas.rule(area, at.y, &std::mem::take(&mut note)),
            Piece::Line(left, right) => canvas.sides(text, left, right),
            Piece::Field(words, input, focused, room) => {
                canvas.line(text, words);
                let at = span(text, fit(words.width()), fit(*room));
                field::draw(canvas, at, input, *focused);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_noticed_and_an_id_is_not() {
        assert!(looks_like_a_token(
            "see eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
        ));
        assert!(!looks_like_a_token(
            "INC-4812 1f7be0c3-88ad-4f0e-9d0a-2c51c0aa60d1"
        ));
        assert!(!looks_like_a_token("runaway fine-tunes, INC-4812 cleanup"));
    }
}
