//! What a refusal is about, by its words. There is no list of codes, so words are all there is; and only an answer
//! in the API's own error shape counts, as anything else may come from a gateway (N24).

use crate::domain::action::Step;
use crate::domain::error::{PlatformError, Refusal};
use crate::platforms::run_ai::batch::Bulk;

const IDS: [&str; 4] = ["id", "ids", "uuid", "uuids"];
const ROWS: [&str; 4] = ["workload", "workloads", "resource", "resources"];
const ACTIONS: [&str; 3] = ["action", "suspend", "resume"];
const ROUTES: [&str; 5] = ["route", "path", "page", "url", "endpoint"];

fn names(said: &Refusal, listed: &[&str]) -> bool {
    let text = said.message.as_str().to_ascii_lowercase();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| listed.contains(&word))
}

/// Whether the answer to a read by id says that there is no such workload. Its words differ between versions
/// (section 2.7), so all of them do but those about the call itself.
pub(super) fn is_gone(said: &Refusal) -> bool {
    said.says_gone() && !names(said, &ROUTES)
}

/// What a refused batch call says of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The request was refused for what it is.
    Refused,
    /// The call was refused, and nothing done: single calls may go out. With what to remember of the server.
    Alone(Option<Bulk>),
}

/// Section 5.3: 404 and 405 are those of a server older than 2.19; 400 is that of 2.19 to 2.21 where suspend or
/// resume was asked, and no batch of these two ever `worked`.
///
/// A modern server may refuse a whole batch in the same way for one id or row. So only words about the call
/// itself are remembered, as they would change every later plan, and ids that are malformed stay refused.
pub(super) fn verdict(error: &PlatformError, step: Step, worked: bool) -> Verdict {
    let Some(said) = error.said().filter(|said| said.own_shape) else {
        return Verdict::Refused;
    };
    let (of_ids, of_action) = (names(said, &IDS), names(said, &ACTIONS));
    match said.status {
        405 => Verdict::Alone(Some(Bulk::Absent)),
        404 => Verdict::Alone(names(said, &ROUTES).then_some(Bulk::Absent)),
        400 if step != Step::Delete && !worked && (of_action || !of_ids) => {
            let of_call = of_action && !of_ids && !names(said, &ROWS);
            Verdict::Alone(of_call.then_some(Bulk::DeleteOnly))
        }
        _ => Verdict::Refused,
    }
}
