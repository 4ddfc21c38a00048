//! What the runtime behind a connection can do: `GET /lm/meta` (section 5.3).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout};

use crate::domain::error::PlatformError;
use crate::domain::resource::{Kind, Scope};
use crate::platforms::http::{Call, Http};
use crate::platforms::sap_ai_core::rules::Changes;
use crate::platforms::sap_ai_core::words;

/// Capabilities are a matter of the runtime's set-up, which changes rarely.
const KEPT: Duration = Duration::from_secs(300);

/// How long it is left alone after it could not be read.
const KEPT_AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Rows wait no longer for it: they are listed with what was known before.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// How each kind is changed. By default one by one: it works with every runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    executions: Changes,
    deployments: Changes,
}

impl Capabilities {
    /// How this kind is changed.
    pub(super) fn of(self, kind: Kind) -> Changes {
        match kind {
            Kind::Execution => self.executions,
            Kind::Deployment => self.deployments,
            Kind::Workload => Changes::NotOffered,
        }
    }

    /// Reads an answer: absent bulk is no bulk, absent permission is permission.
    fn from_answer(body: &Value) -> Self {
        let can = |path: &str| {
            body.pointer(&format!("/aiApi/capabilities/{path}"))
                .and_then(Value::as_bool)
        };
        let changes = |user, bulk| match (can(user), can(bulk)) {
            (Some(false), _) => Changes::NotOffered,
            (_, Some(true)) => Changes::InBulk,
            (_, Some(false) | None) => Changes::OneByOne,
        };
        Self {
            executions: changes("userExecutions", "bulkUpdates/executions"),
            deployments: changes("userDeployments", "bulkUpdates/deployments"),
        }
    }
}

/// The capabilities of a connection, as far as known, and until when they are taken for fresh.
#[derive(Debug, Default)]
pub(super) struct Meta {
    known: Mutex<Option<(Capabilities, Instant)>>,
    /// Held by whoever asks, so that listings that begin together ask once.
    asking: tokio::sync::Mutex<()>,
}

impl Meta {
    /// As of the last few minutes: for a listing.
    pub(super) async fn fresh(&self, http: &Http, scope: &Scope) -> Capabilities {
        let _turn = self.asking.lock().await;
        let last = match self.last() {
            Some((known, until)) if Instant::now() < until => return known,
            Some((last, _)) => last,
            None => Capabilities::default(),
        };
        let (known, kept) = match timeout(PATIENCE, ask(http, scope)).await {
            Ok(Ok(found)) => (found, KEPT),
            Ok(Err(_)) | Err(_) => (last, KEPT_AFTER_FAILURE),
        };
        let held = Some((known, Instant::now() + kept));
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = held;
        known
    }

    /// As last read, however long ago: for one row, which does not wait for more than it must.
    pub(super) async fn known(&self, http: &Http, scope: &Scope) -> Capabilities {
        match self.last() {
            Some((known, _)) => known,
            None => self.fresh(http, scope).await,
        }
    }

    /// What was known is doubtful: it is asked for before it is used again.
    pub(super) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn last(&self) -> Option<(Capabilities, Instant)> {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As they are now.
pub(super) async fn ask(http: &Http, scope: &Scope) -> Result<Capabilities, PlatformError> {
    let call = Call::get(["lm", "meta"]).header("AI-Resource-Group", scope.raw());
    match http.read(call).await {
        // 404 is declared: a runtime without this page has no bulk either.
        Err(PlatformError::Refused { said }) if said.status == 404 => Ok(Capabilities::default()),
        answer => Ok(Capabilities::from_answer(&words::answer(&answer?)?)),
    }
}
