//! The client: one connection to SAP AI Core.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{self, Arc, PoisonError};
use std::time::Duration;

use futures_util::future::{self, BoxFuture};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::domain::connection::Connection;
use crate::domain::error::{PlatformError, Refusal};
use crate::domain::inspection::{Inquiry, Part};
use crate::domain::outcome::ChangeEvent;
use crate::domain::plan::Request;
use crate::domain::resource::{Key, Kind, Page, Reading, Scope, Source};
use crate::domain::text::Clean;
use crate::platforms::http::Http;
use crate::platforms::loose::Loose;
use crate::platforms::sap_ai_core::listing::ById;
use crate::platforms::sap_ai_core::meta::{self, Meta};
use crate::platforms::sap_ai_core::rules::Changes;
use crate::platforms::sap_ai_core::wire::Row;
use crate::platforms::sap_ai_core::{change, inspect, listing, words};
use crate::platforms::{Platform, Preview};

/// The group every tenant has (section 6).
const DEFAULT_GROUP: &str = "default";

/// Said where `"*"` came to that one.
const NARROWED: &str =
    "resource groups may not be listed; only `default` is shown, name others in `scopes`";

/// So long reads of one batch share what is listed as just created.
const CREATED_KEPT: Duration = Duration::from_secs(5);

/// So long refusals are explained by the same list of resource groups.
const GROUPS_KEPT: Duration = Duration::from_secs(300);

/// One connection.
#[derive(Debug)]
pub(super) struct Client {
    connection: Connection,
    pub(super) http: Http,
    pub(super) meta: Meta,
    /// The most rows that one answer had: the server gives that many at once.
    pub(super) largest: AtomicUsize,
    /// What is to be said of the resource groups, beside their first source.
    remark: sync::Mutex<Option<(Arc<Source>, String)>>,
    /// The resource groups, if they may be listed, and when they were asked for.
    groups: Mutex<Option<(Instant, Option<Vec<Scope>>)>>,
    /// What is listed as just created, and when it was asked for.
    created: Mutex<HashMap<Arc<Source>, (Instant, ById)>>,
}

impl Client {
    pub(super) fn new(connection: Connection, http: Http) -> Self {
        Self {
            connection,
            http,
            meta: Meta::default(),
            largest: AtomicUsize::default(),
            remark: sync::Mutex::default(),
            groups: Mutex::default(),
            created: Mutex::default(),
        }
    }

    /// One source for each kind of each group; an account that may not list groups has at least the default one.
    async fn all_groups(&self) -> Result<Vec<Arc<Source>>, PlatformError> {
        let (groups, remarks) = match listing::resource_groups(&self.http).await {
            Err(PlatformError::Forbidden { .. }) => {
                (vec![Scope::new(DEFAULT_GROUP)], vec![NARROWED.to_owned()])
            }
            found => found?,
        };
        let sources = self.connection.sources_of(&groups);
        let remark = (!remarks.is_empty()).then(|| (sources[0].clone(), remarks.join("; ")));
        *self.remark.lock().unwrap_or_else(PoisonError::into_inner) = remark;
        Ok(sources)
    }

    /// What is to be said of the resource groups beside this source.
    pub(super) fn remark(&self, beside: &Source) -> Option<String> {
        let remark = self.remark.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, words) = remark.as_ref()?;
        (**first == *beside).then(|| words.clone())
    }

    /// A 403 has two usual causes, and the list of resource groups tells them apart where it may be read (section 6).
    async fn explained<T>(&self, error: PlatformError, group: &Scope) -> Result<T, PlatformError> {
        let PlatformError::Forbidden { mut said } = error else {
            return Err(error);
        };
        let is_there = self.is_group(group).await;
        let cause = match is_there {
            Some(true) => "which is there: the account lacks a role",
            Some(false) => "which the account does not have: check `scopes`",
            None => "which is wrong in `scopes`, or the account lacks a role",
        };
        let (words, group) = (&said.message, group.shown());
        said.message = Clean::new(&format!("{words} in resource group {group}, {cause}"));
        Err(match is_there {
            Some(false) => PlatformError::Refused { said },
            Some(true) | None => PlatformError::Forbidden { said },
        })
    }

    /// Whether the account has this group; `None` where it may not be known. As of the last few minutes.
    async fn is_group(&self, group: &Scope) -> Option<bool> {
        let mut known = self.groups.lock().await;
        if known
            .as_ref()
            .is_none_or(|(at, _)| at.elapsed() > GROUPS_KEPT)
        {
            let groups = listing::resource_groups(&self.http).await.ok();
            *known = Some((Instant::now(), groups.map(|(groups, _)| groups)));
        }
        let (_, groups) = known.as_ref()?;
        groups.as_ref().map(|groups| groups.contains(group))
    }

    async fn one(&self, key: &Key) -> Result<Reading, PlatformError> {
        let row = match listing::get(&self.http, key, None, &[]).await {
            Ok(reply) => {
                let row = words::answer::<Loose<Row>>(&reply)?.0.unwrap_or_default();
                if row.id() != key.id.raw() {
                    return Err(reply.unreadable("it is about another id"));
                }
                row
            }
            Err(error) if error.said().is_some_and(Refusal::says_gone) => {
                match self.created(key).await? {
                    Some(row) => row,
                    None => return Ok(Reading::Gone),
                }
            }
            Err(error) => return Err(error),
        };
        let (scope, kind) = (&key.source.scope, key.source.kind);
        let changes = self.meta.known(&self.http, scope).await.of(kind);
        Ok(Reading::Found(Arc::new(
            row.into_resource(&key.source, changes),
        )))
    }

    /// A deployment that was just created: it is not found by its id for minutes, and listed as UNKNOWN (section 6).
    async fn created(&self, key: &Key) -> Result<Option<Row>, PlatformError> {
        if key.source.kind != Kind::Deployment {
            return Ok(None);
        }
        let mut kept = self.created.lock().await;
        let is_fresh = |(at, _): &(Instant, _)| at.elapsed() < CREATED_KEPT;
        if !kept.get(&key.source).is_some_and(is_fresh) {
            let asked = Instant::now();
            let rows = self.in_status(&key.source, "UNKNOWN").await?;
            kept.insert(key.source.clone(), (asked, rows));
        }
        let (_, rows) = &kept[&key.source];
        Ok(rows.get(key.id.raw()).cloned())
    }
}

impl Platform for Client {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn sources(&self) -> BoxFuture<'_, Result<Vec<Arc<Source>>, PlatformError>> {
        match self.connection.known_sources() {
            Some(sources) => future::ready(Ok(sources)).boxed(),
            None => self.all_groups().boxed(),
        }
    }

    fn list<'a>(&'a self, source: &'a Arc<Source>) -> BoxStream<'a, Result<Page, PlatformError>> {
        let pages = listing::rows(self, source);
        pages
            .or_else(|error| self.explained(error, &source.scope))
            .boxed()
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Reading, PlatformError>> {
        self.one(key).boxed()
    }

    fn inspect<'a>(&'a self, key: &'a Key, inquiry: Inquiry) -> BoxStream<'a, Part> {
        inspect::parts(&self.http, key, inquiry)
    }

    fn change<'a>(&'a self, request: &'a Request) -> BoxStream<'a, ChangeEvent> {
        let events = |sending| {
            if change::refuses_bulk(request, &sending) {
                self.meta.forget();
            }
            stream::iter(change::events(request, sending))
        };
        let sendings = self.http.change(change::call(request));
        sendings.flat_map(events).boxed()
    }

    fn preview(&self, request: &Request) -> Preview {
        let call = change::call(request);
        Preview::of(&self.http, call)
    }

    fn page_size(&self) -> usize {
        listing::PAGE
    }

    fn http(&self) -> &Http {
        &self.http
    }

    fn bulk<'a>(
        &'a self,
        source: &'a Source,
    ) -> BoxFuture<'a, Result<&'static str, PlatformError>> {
        async move {
            let capabilities = meta::ask(&self.http, &source.scope).await?;
            Ok(match capabilities.of(source.kind) {
                Changes::InBulk => "bulk updates on",
                Changes::OneByOne => "bulk updates off, one request for each row",
                Changes::NotOffered => "not offered by this runtime",
            })
        }
        .boxed()
    }

    fn roles(&self) -> &'static str {
        "scenario_execution_viewer and scenario_deployment_viewer to list, \
         scenario_execution_editor and scenario_deployment_editor to change"
    }
}
