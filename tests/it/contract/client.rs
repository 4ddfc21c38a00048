//! A case against the client: what it sends must be the documented call, byte for byte where it matters, and
//! what it makes of the documented answer must be what the case states.

use std::sync::Arc;

use centurion::domain::action::Action;
use centurion::domain::connection::{
    Connection, ConnectionName, Credentials as Known, PlatformId, ReadOnly, Scopes,
};
use centurion::domain::inspection::Inquiry;
use centurion::domain::outcome::ChangeEvent;
use centurion::domain::plan::{Account, Candidate, Plan, Reason, Request};
use centurion::domain::resource::{Id, Key, Resource, Scope, Source};
use centurion::domain::text::Secret;
use centurion::platforms::{self, Platform};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::Value;

use super::case::{Call, Case, Credentials, Table};
use super::made;
use super::script::Script;
use crate::canned::Canned;

/// What is wrong with the case.
pub(super) async fn run(platform: PlatformId, table: &Table, case: &Case) -> Vec<String> {
    let caller = caller(table);
    let script = Arc::new(Script::of(platform, table, case, caller.clone()));
    let told = script.clone();
    let server = Canned::start(move |heard, _| told.say(heard)).await;
    let call = &script.call;
    let client = platforms::open(&connection(platform, &server, call, &caller)).expect("a client");
    let made = operate(&client, call).await;
    let host = server.url("http", "/").authority().to_owned();
    let made: Vec<String> = made
        .iter()
        .map(|line| line.replace(&host, "HOST"))
        .collect();
    let mut wrong = script.unlike_the_call(case.sends, &server.heard());
    if made != case.makes {
        wrong.push(format!("the client makes of it:\n{}", quoted(&made)));
    }
    wrong
}

/// As lines of the table.
fn quoted(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("    {line:?},\n"));
    lines.collect()
}

fn caller(table: &Table) -> Credentials {
    let answer = table.beside.get(&table.named("sign-in").route());
    let answer: Value = answer.map_or(Value::Null, |answer| {
        serde_json::from_str(&answer.body).expect("a token")
    });
    let token = table
        .token
        .as_ref()
        .and_then(|place| answer.pointer(place)?.as_str());
    Credentials {
        id: "sb-1!b2|aicore!b3".to_owned(),
        secret: "s$e=c+ret".to_owned(),
        token: token.unwrap_or("s$e=c+ret").to_owned(),
    }
}

fn connection(
    platform: PlatformId,
    server: &Canned,
    call: &Call,
    caller: &Credentials,
) -> Connection {
    let secret = Secret::new(caller.secret.clone());
    let client = |token_url| Known::Client {
        token_url,
        id: caller.id.clone(),
        secret: secret.clone(),
    };
    let (path, credentials) = match platform {
        PlatformId::SapAiCore => ("/v2", client(Some(server.url("http", "/oauth/token")))),
        PlatformId::RunAi => ("", client(None)),
        PlatformId::Kubiya => ("", Known::ApiKey(secret.clone())),
    };
    let everything = call.does() == Some("sources") || platform != PlatformId::SapAiCore;
    let scopes = match call.scope() {
        Some(scope) => Scopes::Named(vec![Scope::new(scope)]),
        None if everything => Scopes::All,
        None => Scopes::Named(vec![Scope::new("default")]),
    };
    Connection {
        name: ConnectionName::new("prod").expect("a name"),
        platform,
        base_url: server.url("http", path),
        credentials,
        scopes,
        protected: false,
        color: None,
        read_only: ReadOnly::No,
        ca_file: None,
        origin: "a test".to_owned(),
    }
}

/// Does what makes the call, and tells what came of it.
async fn operate(client: &Arc<dyn Platform>, call: &Call) -> Vec<String> {
    let error = |failure| made::error(&failure);
    match call.does().expect("a case for the client") {
        "sign-in" | "sign-in-by-form" | "sign-in-by-app" => {
            let signed_in = client.http().sign_in().await;
            vec![signed_in.map_or_else(error, |_| "signed in".to_owned())]
        }
        "sources" => match client.sources().await {
            Ok(sources) => sources.iter().map(ToString::to_string).collect(),
            Err(failure) => vec![error(failure)],
        },
        "bulk" => {
            let bulk = client.bulk(&source(client, call)).await;
            vec![bulk.map_or_else(error, str::to_owned)]
        }
        "list" => {
            let source = source(client, call);
            let pages: Vec<_> = client.list(&source).collect().await;
            pages.iter().flat_map(made::page).collect()
        }
        "read" => vec![made::reading(client.read(&key(client, call)).await)],
        "stop" => change(client, call, Action::Stop).await,
        "delete" => change(client, call, Action::Delete).await,
        "resume" => change(client, call, Action::Resume).await,
        "clean up" => change(client, call, Action::CleanUp).await,
        part @ ("raw JSON" | "status details" | "history" | "pods") => {
            inspect(client, call, Inquiry::Detail, part).await
        }
        part @ ("logs" | "events" | "messages") => {
            let since = Timestamp::from_second(1_577_836_800).ok();
            inspect(client, call, Inquiry::Logs { since }, part).await
        }
        unknown => panic!("no client does {unknown}"),
    }
}

/// One part of what is asked; the others are cases of their own.
async fn inspect(
    client: &Arc<dyn Platform>,
    call: &Call,
    inquiry: Inquiry,
    part: &str,
) -> Vec<String> {
    let key = key(client, call);
    let parts: Vec<_> = client.inspect(&key, inquiry).collect().await;
    let asked = parts.iter().filter(|told| told.title == part);
    asked.flat_map(made::part).collect()
}

/// The row whose id is in the path.
fn key(client: &Arc<dyn Platform>, call: &Call) -> Key {
    let id = call.path().rsplit('/').find(|part| is_id(part));
    let source = source(client, call);
    Key {
        id: Id::new(id.expect("an id in the path")),
        source,
    }
}

/// Whether a part of a path is an id: none of the words of these paths has a digit and eight characters.
fn is_id(part: &str) -> bool {
    part.len() >= 8 && part.contains(|c: char| c.is_ascii_digit())
}

/// The source whose kind is in the path.
fn source(client: &Arc<dyn Platform>, call: &Call) -> Arc<Source> {
    let known = client
        .connection()
        .known_sources()
        .expect("the scopes are named");
    let of_kind = known
        .iter()
        .find(|source| call.path().contains(source.kind.plural()));
    of_kind.unwrap_or(&known[0]).clone()
}

/// Lists, plans, confirms and sends; ends where the server asks to wait.
async fn change(client: &Arc<dyn Platform>, call: &Call, action: Action) -> Vec<String> {
    let source = source(client, call);
    let pages: Vec<_> = client.list(&source).collect().await;
    let rows = pages
        .into_iter()
        .flat_map(|page| page.expect("listed").rows);
    let mut told = Vec::new();
    for request in requests(client, action, rows) {
        let mut events = client.change(&request);
        while let Some(event) = events.next().await {
            told.push(made::event(&event));
            if matches!(event, ChangeEvent::Waiting { .. }) {
                return told;
            }
        }
    }
    told
}

fn requests(
    client: &Arc<dyn Platform>,
    action: Action,
    rows: impl Iterator<Item = Resource>,
) -> Vec<Request> {
    let candidate = |row: Resource| Candidate {
        marked_as: row.status.word.clone(),
        row: Arc::new(row),
        bar: None,
    };
    let accounts = vec![Account::of(client.connection())];
    let plan = Plan::propose(
        action,
        rows.map(candidate).collect(),
        accounts,
        Timestamp::UNIX_EPOCH,
    );
    let phrase = plan.phrase().unwrap_or_default();
    let batch = plan.confirm(&phrase, Reason::new("INC-1"), Timestamp::UNIX_EPOCH);
    batch.expect("something to send").requests().to_vec()
}
