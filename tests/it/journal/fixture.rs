//! Batches to write down, and folders to write them into.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use centurion::domain::action::{Action, Exclusion, Offer, Offers};
use centurion::domain::connection::{ConnectionName, PlatformId};
use centurion::domain::outcome::Outcome;
use centurion::domain::plan::{Account, Batch, Candidate, Plan, Reason};
use centurion::domain::resource::{Group, Id, Key, Kind, Resource, Scope, Source};
use centurion::domain::text::Clean;
use centurion::journal::{Journal, Point, Probe, Writer};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::fixture::{self, STOP};

pub(crate) const BY: &str = "ana@acme";

/// So many seconds after the batches of these tests were confirmed.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let confirmed: Timestamp = "2026-11-22T09:43:31Z".parse().expect("a timestamp");
    confirmed + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn key(scope: &str, id: &str) -> Key {
    let source = Source {
        connection: ConnectionName::new("prod-eu").expect("a name"),
        platform: PlatformId::SapAiCore,
        scope: Scope::new(scope),
        kind: Kind::Execution,
    };
    Key {
        source: Arc::new(source),
        id: Id::new(id),
    }
}

fn row(key: &Key, name: &str, offer: Offer) -> Candidate {
    let offers = Offers::all(offer);
    let row = fixture::row(&key.source, key.id.raw(), "RUNNING", Group::Active, offers);
    fixture::candidate(&Arc::new(Resource {
        name: Clean::new(name),
        ..Resource::clone(&row)
    }))
}

fn account() -> Account {
    Account {
        connection: ConnectionName::new("prod-eu").expect("a name"),
        platform: PlatformId::SapAiCore,
        host: "api.example.com".to_owned(),
        url: "https://api.example.com/v2".to_owned(),
        account: Some(Clean::new("sb-client")),
        protected: false,
    }
}

fn confirmed(candidates: Vec<Candidate>, reason: &str) -> Batch {
    let plan = Plan::propose(Action::Stop, candidates, vec![account()], at(-30));
    let phrase = plan.phrase().expect("a stop has a phrase");
    plan.confirm(&phrase, Reason::new(reason), at(0))
        .expect("everything is there")
}

/// Two requests, `a` and `b` of one resource group and `c` of another, and `d` left out.
pub(crate) fn batch() -> Batch {
    let out = Offer::No(Exclusion::AlreadyThere, "already stopped");
    let guess = Offer::ServerDecides(&STOP, "the documents are silent");
    let rows = vec![
        row(&key("default", "a"), "llama-a", Offer::Yes(&STOP)),
        row(&key("default", "b"), "llama-b", guess),
        row(&key("eval", "c"), "llama-c", Offer::Yes(&STOP)),
        row(&key("eval", "d"), "llama-d", out),
    ];
    confirmed(rows, "INC-4812 cleanup")
}

/// Rows of these names, all in one request.
pub(crate) fn batch_named(names: &[String], reason: &str) -> Batch {
    let rows = names
        .iter()
        .enumerate()
        .map(|(n, name)| row(&key("default", &format!("id-{n}")), name, Offer::Yes(&STOP)));
    confirmed(rows.collect(), reason)
}

pub(crate) fn scheduled() -> Outcome {
    Outcome::Scheduled {
        message: Some(Clean::new("scheduled")),
    }
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The journal in a folder of the temporary one that is made when it is needed.
pub(crate) fn journal_in(folder: &TempDir) -> Journal {
    Journal::open(folder.path().join("state/journal"))
}

pub(crate) fn file_of(folder: &TempDir, name: &str) -> PathBuf {
    folder
        .path()
        .join("state/journal")
        .join(format!("{name}.jsonl"))
}

pub(crate) fn begin(journal: &Journal) -> Writer {
    journal
        .begin(&batch(), BY, at(0))
        .expect("the folder can be written")
}

/// A batch from its intent to its end.
pub(crate) fn write_whole(journal: &Journal) -> String {
    let mut writer = begin(journal);
    let name = writer.name().to_owned();
    write_on(&mut writer);
    writer.end(at(60)).expect("writable");
    name
}

/// Everything between intent and end: both requests leave, all rows are scheduled, one is watched.
pub(crate) fn write_on(writer: &mut Writer) {
    writer.sending(1, at(1)).expect("writable");
    for id in ["a", "b"] {
        writer
            .answer(&key("default", id), &scheduled(), at(2))
            .expect("writable");
    }
    writer.sending(2, at(3)).expect("writable");
    writer
        .answer(&key("eval", "c"), &scheduled(), at(4))
        .expect("writable");
    writer
        .note(&Clean::new("totals disagree"), at(5))
        .expect("writable");
    let status = Clean::new("STOPPED");
    writer
        .seen(&key("default", "a"), &status, "reached", at(6))
        .expect("writable");
}

/// A folder in which one file of that name holds those bytes.
pub(crate) fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = folder();
    let file = file_of(&folder, name);
    fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
    fs::write(file, bytes).expect("writable");
    folder
}

/// The bytes of a whole batch's file, always the same.
pub(crate) fn whole_file() -> Vec<u8> {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = folder();
        let name = write_whole(&journal_in(&folder));
        copy(&file_of(&folder, &name))
    });
    WHOLE.clone()
}

/// A probe that lets everything pass and keeps what it was asked.
pub(crate) fn listening() -> (Probe, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = heard.clone();
    let probe = Probe::new(move |point| {
        ears.lock()
            .expect("no panic meanwhile")
            .push(point.to_string());
        Ok(())
    });
    (probe, heard)
}

/// A probe that makes one step fail, each time it comes.
pub(crate) fn failing(point: &'static str, kind: io::ErrorKind) -> Probe {
    Probe::new(move |asked: Point| {
        if asked.to_string() == point {
            Err(kind.into())
        } else {
            Ok(())
        }
    })
}

/// What a file holds; nothing where there is none.
pub(crate) fn copy(from: &Path) -> Vec<u8> {
    fs::read(from).unwrap_or_default()
}

/// How many lines have an end.
pub(crate) fn line_ends(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}
