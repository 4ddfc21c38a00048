//! Faults that a test or the demo switches on (`PRODUCT.md` 2, `RELIABILITY.md` 9).
//!
//! Here is which fault is in force for what; `server/trouble.rs` carries out those of whole calls, each
//! platform's simulator those of single ids. Faults are used in the order of the set, so several with
//! `times` for one route are a sequence.

mod fault;
mod preset;

use std::sync::{Mutex, MutexGuard};

use serde_json::Value;
use tokio::sync::watch;

use crate::domain::connection::PlatformId;

pub(super) use fault::{BodyFault, CallFault, StatusFault, from_value};
pub use fault::{Fault, IdFault, InvalidFault};
use fault::{Kind, RowFault};

tokio::task_local! {
    /// The call that is being answered, for faults of single ids that name a route.
    static ANSWERING: Call;
}

/// What of a call decides which faults are in force for it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Whose route it is.
    pub platform: PlatformId,
    /// `GET`, `PATCH`.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The name of the tenant whose key came with the call, where the key itself does (Kubiya).
    pub tenant: Option<String>,
    /// The body as text.
    pub body: String,
}

impl Call {
    fn mentions(&self, id: &str) -> bool {
        self.path.split('/').any(|segment| segment == id) || self.body.contains(id)
    }
}

/// The faults of whole calls in force for one call: at most one delay and at most one other.
#[derive(Debug)]
pub(super) struct Trouble {
    /// How long the answer is kept back, in milliseconds.
    pub delay: Option<u64>,
    /// What else happens.
    pub fault: Option<CallFault>,
    /// Changes when the set of faults is replaced.
    pub replaced: watch::Receiver<u64>,
}

/// The set of faults in force.
#[derive(Debug)]
pub struct Faults {
    armed: Mutex<Vec<Armed>>,
    replacements: watch::Sender<u64>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// Uses left; `None` where they are not counted.
    left: Option<u32>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            armed: Mutex::default(),
            replacements: watch::Sender::new(0),
        }
    }
}

impl Faults {
    /// Reads a set: JSON as `POST /_simulator/faults` takes it, or the name of a preset.
    pub fn parse(text: &str) -> Result<Vec<Fault>, InvalidFault> {
        let json = text.trim_start().starts_with('[');
        fault::parse(if json { text } else { preset::named(text)? })
    }

    /// The fault in force for one id of a batch or single change, if any; counts as one use of it.
    pub fn for_id(&self, platform: PlatformId, id: &str) -> Option<IdFault> {
        self.use_first(|fault| match &fault.kind {
            Kind::Id(found) if is_for_id(fault, platform, id) => Some(*found),
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        })
    }

    /// The failure of the machinery behind the platform for one id, in its words (`engine_failure`).
    pub fn engine_failure(&self, platform: PlatformId, id: &str) -> Option<String> {
        self.use_first(|fault| match &fault.kind {
            Kind::Row(RowFault::EngineFailure { text }) if is_for_id(fault, platform, id) => {
                Some(text.clone())
            }
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        })
    }

    /// Ids to add to the answer of a batch although nobody sent them (`extra`); asked once a batch.
    pub fn extra(&self, platform: PlatformId) -> Vec<String> {
        let found = self.use_first(|fault| match &fault.kind {
            Kind::Row(RowFault::Extra {}) if is_for_call(fault, platform) => {
                Some(fault.selector.ids.clone())
            }
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        });
        match found {
            None => Vec::new(),
            Some(None) => vec![fault::NOBODYS_ID.to_owned()],
            Some(Some(ids)) => ids,
        }
    }

    /// The value of a platform's own switch, such as SAP AI Core's `bulk_updates`; each platform's
    /// simulator names its own.
    pub fn switch(&self, platform: PlatformId, name: &str) -> Option<Value> {
        self.use_first(|fault| match &fault.kind {
            Kind::Row(RowFault::Switch { name: found, value })
                if found == name && is_for_call(fault, platform) =>
            {
                Some(value.clone())
            }
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        })
    }

    /// Replaces the set; releases the calls that a `stall` holds.
    pub(super) fn replace(&self, faults: Vec<Fault>) {
        let armed = faults.into_iter().map(|fault| Armed {
            left: fault.uses(),
            fault,
        });
        *self.armed() = armed.collect();
        self.replacements.send_modify(|count| *count += 1);
    }

    /// The set as JSON, with the uses left.
    pub(super) fn shown(&self) -> Value {
        let armed = self.armed();
        armed
            .iter()
            .map(|armed| armed.fault.shown(armed.left))
            .collect()
    }

    /// What is in force for a whole call; counts as one use of each.
    pub(super) fn for_call(&self, call: &Call) -> Trouble {
        // Before the set is looked at: a replacement after that must not be missed.
        let replaced = self.replacements.subscribe();
        let delay = self.use_first(|fault| match &fault.kind {
            Kind::Call(CallFault::Delay { ms }) if strikes(fault, call) => Some(*ms),
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        });
        let fault = self.use_first(|fault| match &fault.kind {
            Kind::Call(CallFault::Delay { .. }) => None,
            Kind::Call(found) if strikes(fault, call) => Some(found.clone()),
            Kind::Id(_) | Kind::Row(_) | Kind::Call(_) => None,
        });
        Trouble {
            delay,
            fault,
            replaced,
        }
    }

    /// Lets faults of single ids know which call they are asked for.
    pub(super) async fn answering<F: Future>(call: Call, answer: F) -> F::Output {
        ANSWERING.scope(call, answer).await
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        let armed = self.armed.lock();
        armed.expect("nobody panics while holding the set")
    }

    fn use_first<T>(&self, matches: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let mut armed = self.armed();
        let ready = armed.iter_mut().filter(|armed| armed.left != Some(0));
        for armed in ready {
            let Some(found) = matches(&armed.fault) else {
                continue;
            };
            armed.left = armed.left.map(|left| left - 1);
            return Some(found);
        }
        None
    }
}

/// Whether a fault of a whole call strikes this one.
fn strikes(fault: &Fault, call: &Call) -> bool {
    let named = |ids: &Vec<String>| ids.iter().any(|id| call.mentions(id));
    let exempt = fault.is_of_tokens() && call.path.ends_with("/token");
    !exempt && fault.selector.covers(call) && fault.selector.ids.as_ref().is_none_or(named)
}

/// Whether a fault is for the call being answered; without one (in a unit test) its platform decides.
fn is_for_call(fault: &Fault, platform: PlatformId) -> bool {
    let selector = &fault.selector;
    let covered = ANSWERING
        .try_with(|call| selector.covers(call))
        .unwrap_or(true);
    selector.is_of(platform) && covered
}

fn is_for_id(fault: &Fault, platform: PlatformId, id: &str) -> bool {
    let named = |ids: &Vec<String>| ids.iter().any(|named| named == id);
    is_for_call(fault, platform) && fault.selector.ids.as_ref().is_none_or(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBIYA: PlatformId = PlatformId::Kubiya;

    fn armed(json: &str) -> Faults {
        let faults = Faults::default();
        faults.replace(Faults::parse(json).expect("valid"));
        faults
    }

    #[test]
    fn a_fault_for_an_id_is_used_as_often_as_it_says() {
        let faults = armed(r#"[{"platform":"kubiya","ids":["a"],"times":2,"fault":"missing"}]"#);
        assert_eq!(faults.for_id(KUBIYA, "b"), None);
        assert_eq!(faults.for_id(PlatformId::RunAi, "a"), None);
        let used = [(); 3].map(|()| faults.for_id(KUBIYA, "a"));
        assert_eq!(used, [Some(IdFault::Missing), Some(IdFault::Missing), None]);
        assert_eq!(faults.shown()[0]["times"], 0);
    }

    #[test]
    fn an_extra_id_is_the_one_named_or_nobodys() {
        let faults = armed(r#"[{"times":1,"fault":"extra"},{"ids":["x"],"fault":"extra"}]"#);
        assert_eq!(faults.extra(KUBIYA), [fault::NOBODYS_ID]);
        assert_eq!(faults.extra(KUBIYA), ["x"]);
    }

    #[test]
    fn a_switch_is_found_by_its_name() {
        let faults =
            armed(r#"[{"platform":"run_ai","fault":"switch","name":"version","value":"2.18"}]"#);
        assert_eq!(
            faults.switch(PlatformId::RunAi, "version"),
            Some("2.18".into())
        );
        assert_eq!(faults.switch(PlatformId::RunAi, "other"), None);
    }
}
