//! Faults that a test or the demo switches on (`PRODUCT.md` 2, `RELIABILITY.md` 9).
//!
//! Here is which fault is in force for what; `server/trouble.rs` carries out those of whole calls, each
//! platform's simulator those of single ids. Faults are used in the order of the set, so several with
//! `times` for one route are a sequence.

mod fault;
mod kinds;
mod preset;
mod switch;

use std::sync::{Mutex, MutexGuard};

use serde_json::Value;
use tokio::sync::watch;

use crate::domain::connection::PlatformId;

pub(crate) use fault::IdFault;
pub(super) use fault::{BodyFault, CallFault, WireFault, parse, read};
pub use fault::{Fault, InvalidFault};
use fault::{Kind, RowFault};
pub use kinds::fault_help;
pub(crate) use switch::Switch;

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
        parse(if json { text } else { preset::named(text)? })
    }

    /// The fault in force for one id of a batch or single change, if any; counts as one use of it.
    pub(crate) fn for_id(&self, id: &str) -> Option<IdFault> {
        self.use_first(|fault| {
            let Kind::Id(found) = &fault.kind else {
                return None;
            };
            is_for_id(fault, id).then_some(*found)
        })
    }

    /// The failure of the machinery behind the platform for one id, in its words (`engine_failure`).
    pub(crate) fn engine_failure(&self, id: &str) -> Option<String> {
        self.use_first(|fault| {
            let Kind::Row(RowFault::EngineFailure { text }) = &fault.kind else {
                return None;
            };
            is_for_id(fault, id).then(|| text.clone())
        })
    }

    /// Ids to add to the answer of a batch although nobody sent them (`extra`); asked once a batch.
    pub(crate) fn extra(&self) -> Vec<String> {
        let found = self.use_first(|fault| {
            let Kind::Row(RowFault::Extra {}) = &fault.kind else {
                return None;
            };
            let nobodys = || vec![fault::NOBODYS_ID.to_owned()];
            let ids = fault.selector.ids.clone();
            is_for_call(fault).then(|| ids.unwrap_or_else(nobodys))
        });
        found.unwrap_or_default()
    }

    /// Whether a switch of a platform's simulator that is on or off is on.
    pub(crate) fn is_on(&self, switch: Switch) -> bool {
        self.switch(switch) == Some(Value::Bool(true))
    }

    /// The seconds that a switch sets, else as many as usual.
    pub(crate) fn seconds(&self, switch: Switch, usual: u64) -> u64 {
        let set = self.switch(switch);
        set.and_then(|value| value.as_u64()).unwrap_or(usual)
    }

    /// The value of a switch of a platform's simulator, where it is set.
    pub(crate) fn switch(&self, switch: Switch) -> Option<Value> {
        self.use_first(|fault| {
            let Kind::Row(RowFault::Switch { name: found, value }) = &fault.kind else {
                return None;
            };
            (*found == switch && is_for_call(fault)).then(|| value.clone())
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
        let delay = self.use_first(|fault| {
            let Kind::Call(CallFault::Delay { ms }) = &fault.kind else {
                return None;
            };
            strikes(fault, call).then_some(*ms)
        });
        let fault = self.use_first(|fault| match &fault.kind {
            Kind::Call(CallFault::Delay { .. }) | Kind::Id(_) | Kind::Row(_) => None,
            Kind::Call(found) => strikes(fault, call).then(|| found.clone()),
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

    /// The same for what is done for the call that is being answered once it has ended.
    pub(super) fn still_answering<F: Future>(late: F) -> impl Future<Output = F::Output> {
        ANSWERING.scope(ANSWERING.get(), late)
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

/// Whether a fault is for the call being answered.
fn is_for_call(fault: &Fault) -> bool {
    ANSWERING.with(|call| fault.selector.covers(call))
}

fn is_for_id(fault: &Fault, id: &str) -> bool {
    let named = |ids: &Vec<String>| ids.iter().any(|named| named == id);
    is_for_call(fault) && fault.selector.ids.as_ref().is_none_or(named)
}
