//! What a client makes of an answer, in lines that the table can state.

use centurion::domain::action::{Action, Offer};
use centurion::domain::error::PlatformError;
use centurion::domain::inspection::{Line, Part};
use centurion::domain::outcome::{Answer, ChangeEvent};
use centurion::domain::resource::{Page, Reading, Resource};
use centurion::domain::text::Clean;

/// Its rows, then its notice.
pub(super) fn page(page: &Result<Page, PlatformError>) -> Vec<String> {
    match page {
        Err(failure) => vec![error(failure)],
        Ok(page) => {
            let notice = page.notice.iter().map(|notice| format!("notice: {notice}"));
            page.rows.iter().map(row).chain(notice).collect()
        }
    }
}

/// A row: id, name, status and group, then whatever else it has, then what it may undergo.
pub(super) fn row(row: &Resource) -> String {
    let part = |label: &str, value: Option<&Clean>| value.map(|value| format!("{label} {value}"));
    let parts = [
        part("to", row.target.as_ref()),
        part("type", row.subtype.as_ref()),
        part("by", row.owner.as_ref()),
        part(
            "in",
            Some(&row.scope).filter(|scope| !matches!(scope.as_str(), "" | "default")),
        ),
        row.created.map(|at| format!("since {at}")),
        row.gpus.map(|gpus| format!("{gpus} GPU")),
        part("says", row.message.as_ref()),
        row.scheduled.then(|| "scheduled".to_owned()),
        Some(format!("may {}", may(row))),
    ];
    let Resource {
        key, name, status, ..
    } = row;
    let status = format!("{} ({})", status.word, status.group.word());
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{} {name}: {status}, {}", key.id.raw(), parts.join(", "))
}

/// The actions open to it; `?` where the server decides.
fn may(row: &Resource) -> String {
    let open = |action: &Action| match row.offers.to(*action) {
        Offer::Yes(_) => Some(action.word().to_owned()),
        Offer::ServerDecides(..) => Some(format!("{}?", action.word())),
        Offer::No(..) => None,
    };
    let open: Vec<String> = Action::ALL.iter().filter_map(open).collect();
    if open.is_empty() {
        "nothing".to_owned()
    } else {
        open.join(" ")
    }
}

/// A row read by its id.
pub(super) fn reading(reading: Result<Reading, PlatformError>) -> String {
    match reading {
        Ok(Reading::Found(found)) => row(&found),
        Ok(Reading::Gone) => "gone".to_owned(),
        Err(failure) => error(&failure),
    }
}

/// An error in the words of the screen, with code and request id in brackets.
pub(super) fn error(error: &PlatformError) -> String {
    let said = error.said();
    let code = said.and_then(|said| said.code.as_ref());
    let request = said.and_then(|said| said.request_id.as_ref());
    format!("{error}{}", brackets(code, request))
}

fn brackets(code: Option<&Clean>, request: Option<&Clean>) -> String {
    let parts: Vec<&str> = [code, request]
        .into_iter()
        .flatten()
        .map(Clean::as_str)
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(" [{}]", parts.join(", "))
    }
}

/// What happens to a change.
pub(super) fn event(event: &ChangeEvent) -> String {
    match event {
        ChangeEvent::Answered(key, answer) => format!("{}: {}", key.id.raw(), outcome(answer)),
        ChangeEvent::Note(note) => format!("note: {note}"),
        // Our own wait has up to a quarter more, by chance.
        ChangeEvent::Waiting { seconds: 5 | 6 } => "waits 5 or 6 s".to_owned(),
        ChangeEvent::Waiting { seconds } => format!("waits {seconds} s"),
        ChangeEvent::StopLane(why) => format!("stops: {why}"),
    }
}

fn outcome(answer: &Answer) -> String {
    match answer {
        Answer::Scheduled { message: None } => "scheduled".to_owned(),
        Answer::Scheduled {
            message: Some(message),
        } => format!("scheduled, {message}"),
        Answer::Unknown(why) => format!("unknown, {why}"),
        Answer::NotSent(why) => format!("not sent, {why}"),
        Answer::Rejected(no) => {
            let told = brackets(no.code.as_ref(), no.request_id.as_ref());
            format!(
                "rejected, {}{told}{}",
                no.reason,
                if no.later { ", later" } else { "" }
            )
        }
    }
}

/// A part of an inspection: its lines, then its note. The document itself is long, and said in a word.
pub(super) fn part(part: &Part) -> Vec<String> {
    let note = part.note.iter().map(|note| format!("note: {note}"));
    match &part.lines {
        Err(failure) => vec![error(failure)],
        Ok(_) if part.title == "raw JSON" => vec!["shown".to_owned()],
        Ok(lines) => lines.iter().map(line).chain(note).collect(),
    }
}

fn line(line: &Line) -> String {
    let at = line.at.map(|at| format!("{at} "));
    format!("{}{}", at.unwrap_or_default(), line.text)
}
