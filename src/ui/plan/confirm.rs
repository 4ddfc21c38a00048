//! The lower part of a plan: the reason, who sends what through which account, and the line that confirms.

use std::collections::BTreeSet;

use ratatui::layout::Rect;
use tui_input::Input;

use crate::app::Model;
use crate::app::confirm::{Confirm, Focus, Stage};
use crate::domain::plan::{Account, PlanRow, Reason};
use crate::domain::text::counted;
use crate::ui::canvas::{Canvas, fit, row, span};
use crate::ui::plan::is_tight;
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

impl From<Words> for Piece<'_> {
    fn from(words: Words) -> Self {
        Self::Line(words, Words::new())
    }
}

/// The columns of its text in a box of that inside.
fn text_columns(inside: Rect) -> usize {
    usize::from(inside.width.saturating_sub(2))
}

/// The lines, from the top, in a box of that inside.
pub(super) fn pieces<'a>(model: &Model, confirm: &'a Confirm, area: Rect) -> Vec<Piece<'a>> {
    let (columns, is_tight) = (text_columns(area), is_tight(area));
    let mut pieces = vec![Piece::Rule];
    if confirm.plan.needing_reason() > 0 {
        pieces.extend(reason(confirm, columns));
        if !is_tight {
            pieces.push(Piece::Rule);
        }
    }
    pieces.extend(hidden(model, confirm));
    let mut accounts = accounts(
        model,
        confirm,
        columns,
        !tells_accounts(model, confirm, area),
    );
    accounts.truncate(account_lines(area));
    pieces.extend(accounts.into_iter().map(Piece::from));
    pieces.extend(complaint(confirm));
    if confirm.focus == Focus::Find {
        let (words, room) = (plain("Find   "), columns.saturating_sub(8));
        pieces.push(Piece::Field(words, &confirm.find, true, room));
    }
    pieces.extend(phrase(confirm, columns));
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
    let who = insisting(confirm);
    let head = strong("REASON").plain(format!("  {who} needs it; stored in the journal for all"));
    let focused = confirm.focus == Focus::Reason;
    let mut pieces = vec![
        Piece::Line(head, count),
        Piece::Field(Words::new(), &confirm.reason, focused, columns),
    ];
    if looks_like_a_token(confirm.reason.value()) {
        let words = "! this looks like a token; a reason is stored and sent as it stands";
        pieces.push(say(Tone::Warn, words).into());
    }
    pieces
}

/// The platforms that want a reason.
fn insisting(confirm: &Confirm) -> String {
    let needs = |row: &&PlanRow| row.place.verb().is_some_and(|verb| verb.needs_reason);
    let names = confirm.sent().filter(needs);
    let names: BTreeSet<&str> = names.map(|row| row.row.platform().name()).collect();
    Vec::from_iter(names).join(", ")
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
fn hidden(model: &Model, confirm: &Confirm) -> Option<Piece<'static>> {
    let rows = confirm.plan.rows().iter();
    let count = rows.filter(|row| model.hides(row)).count();
    if count == 0 {
        return None;
    }
    let (text, key) = if confirm.only_hidden {
        let rows = counted(
            count,
            "row that your filter hides is",
            "rows that your filter hides are",
        );
        (format!("only the {rows} listed"), "all")
    } else {
        let rows = counted(count, "of these rows is", "of these rows are");
        (format!("{rows} hidden by your filter"), "list them")
    };
    let is_at_hand = matches!(confirm.focus, Focus::Rows | Focus::Find);
    let tab = if is_at_hand { "" } else { "tab " };
    let keys = strong(format!("{tab}h")).quiet(format!(": {key}"));
    Some(Piece::Line(say(Tone::Warn, text), keys))
}

/// How many lines the accounts may take in a box of that inside.
fn account_lines(inside: Rect) -> usize {
    usize::from(inside.height / 6).max(1)
}

/// Whether there is room for every account and its host; else they stand with the rows (C9).
pub(super) fn tells_accounts(model: &Model, confirm: &Confirm, inside: Rect) -> bool {
    accounts(model, confirm, text_columns(inside), false).len() <= account_lines(inside)
}

/// Through which accounts, as whom, in how many requests, for how long at most.
fn accounts(model: &Model, confirm: &Confirm, columns: usize, is_short: bool) -> Vec<Words> {
    let is_touched = |account: &&Account| {
        let mut sources = confirm.sent().map(|row| &row.row.key.source);
        sources.any(|source| source.connection == account.connection)
    };
    let accounts = confirm.plan.accounts().iter().filter(is_touched);
    let mut parts: Vec<Words> = accounts.map(|account| named(account, is_short)).collect();
    let limit = (!parts.is_empty()).then(|| plain(time_limit(confirm.sent())));
    parts.push(plain(format!("as {}@{}", model.user, model.host)));
    parts.push(plain(match confirm.plan.requests(None).len() {
        0 => "no request".to_owned(),
        1 => "1 request".to_owned(),
        count => format!("{count} requests, all connections at once"),
    }));
    parts.extend(limit);
    flow(Words::new(), parts, glyph::DOT, columns)
}

fn named(account: &Account, is_short: bool) -> Words {
    let badge = if account.protected { " PROD " } else { "" };
    let gap = if account.protected { " " } else { "" };
    let words = say(Tone::Badge, badge).plain(gap);
    let words = words.strong(account.connection.as_str());
    if is_short {
        return words;
    }
    words.quiet(format!(" ({})", whose(account)))
}

/// The account, where it has a name, and its host.
pub(super) fn whose(account: &Account) -> String {
    match &account.account {
        Some(name) => format!("{name} at {}", account.host),
        None => account.host.clone(),
    }
}

/// The longest a request may take: `time limit 120 s (Kubiya 180 s)`.
fn time_limit<'a>(rows: impl Iterator<Item = &'a PlanRow>) -> String {
    let platforms = rows.map(|row| row.row.platform());
    let limits = platforms.map(|platform| (platform.change_limit().as_secs(), platform.name()));
    let limits: BTreeSet<(u64, &str)> = limits.collect();
    let shortest = limits.first().map_or(0, |(limit, _)| *limit);
    let longer = limits.iter().filter(|(limit, _)| *limit > shortest);
    let longer = longer.map(|(limit, name)| format!(" ({name} {limit} s)"));
    format!("time limit {shortest} s{}", longer.collect::<String>())
}

fn complaint(confirm: &Confirm) -> Option<Piece<'static>> {
    let words = match (&confirm.complaint, &confirm.stage) {
        (Some(complaint), _) => say(Tone::Warn, format!("! {complaint}")),
        (None, _) if confirm.focus == Focus::Find && confirm.nothing_found => {
            let sought = confirm.find.value();
            say(Tone::Warn, format!("! no row of this plan holds {sought}"))
        }
        (None, Stage::LastLook(keys, _)) => {
            let rows = crate::app::rows(keys.len());
            let words = format!("{rows} read too long ago: looked at once more, then sent");
            say(Tone::Busy, words)
        }
        (None, Stage::Reading(..) | Stage::Open) => return None,
    };
    Some(words.into())
}

/// The line that confirms; what its one number is made of stands before it, or above where there is no room.
fn phrase(confirm: &Confirm, columns: usize) -> Vec<Piece<'_>> {
    let focused = confirm.focus == Focus::Phrase;
    let sendable = confirm.plan.counts().sendable();
    if sendable == 0 {
        let words = "Nothing would be sent: every row is left out.";
        return vec![say(Tone::Warn, words).into()];
    }
    let Some(phrase) = confirm.plan.phrase() else {
        let (action, rows) = (confirm.plan.action().word(), crate::app::rows(sendable));
        let hint = if focused {
            ""
        } else {
            "   (tab: back to this line)"
        };
        let words = plain("Press ").strong("enter");
        let words = words.plain(format!(" to {action} {rows}"));
        return vec![words.quiet(hint).into()];
    };
    let room = crate::domain::text::width(&phrase) + PHRASE_ROOM;
    let words = plain("Type   ").strong(phrase).plain("   to send:  ");
    let steps = confirm.plan.steps().map_or_else(Words::new, strong);
    let beside = steps.clone().plain("   ").and(words.clone());
    if steps.is_empty() {
        vec![Piece::Field(words, &confirm.phrase, focused, room)]
    } else if beside.width() + room <= columns {
        vec![Piece::Field(beside, &confirm.phrase, focused, room)]
    } else {
        let field = Piece::Field(words, &confirm.phrase, focused, room);
        vec![steps.into(), field]
    }
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
