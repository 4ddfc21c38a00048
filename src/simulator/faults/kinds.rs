//! Every kind of fault by an example, and what it does: the help, the error on an unknown one and the tests
//! read the same table.

use super::{preset, switch};

const TABLE: &str = r#"
  {"fault":"delay","ms":1500}
      acts at once, answers so much later; goes together with another
  {"fault":"stall"}
      neither acts nor answers until the set is replaced or the client leaves
  {"fault":"slow_bytes","ms":1000}
      acts, then sends one byte of head and body each so often
  {"fault":"slow_body","ms":1000}
      acts, sends the head at once and one byte of the body each so often
  {"fault":"drop_before"}
      closes the connection, does nothing
  {"fault":"drop_after"}
      acts, then closes the connection without an answer
  {"fault":"act_late","ms":5000}
      closes the connection, and acts so much later
  {"fault":"cut","at":20}
      acts, announces the whole length, closes after so many bytes of the body
  {"fault":"close_kept"}
      acts and answers; resets the connection as soon as the next request begins to arrive on it
  {"fault":"raw","text":"HTTP/1.1 200 OK\r\n","act":true}
      sends these bytes (or `base64`) for an answer and closes; acts first only where it says so
  {"fault":"status","status":503,"body":{},"headers":{},"act":false}
      answers so; acts first only where it says so
  {"fault":"header","name":"date","value":"soon"}
      acts, and sets a header of the answer
  {"fault":"body","text":"{}","headers":{}}
      acts, and answers 200 with this text (or `base64`), called JSON
  {"fault":"html"}
      does not act, answers 200 with the sign-in page of a gateway
  {"fault":"retry_after","value":7}
      does not act, answers 429 with this `Retry-After`, or with none
  {"fault":"token_expired"}
      the token of the call has expired: once, where `times` says nothing
  {"fault":"unauthorized"}
      no token is taken; like the one before it spares the calls that fetch one
  {"fault":"shift_pages"}
      every page but the first begins one row early, as if a row had been added
  {"fault":"missing"}
      the id is acted upon, and the answer does not mention it
  {"fault":"duplicate"}
      the answer mentions the id twice
  {"fault":"contradictory"}
      the answer calls the id both done and failed
  {"fault":"refused"}
      the id is refused, although the rules would allow it
  {"fault":"stuck"}
      the id is accepted, and nothing moves
  {"fault":"extra"}
      the answer mentions ids that nobody sent: those of `ids`
  {"fault":"engine_failure","text":"gone"}
      what carries out the change fails for the id, in these words (Run:ai, Kubiya)
  {"fault":"switch","name":"version","value":"2.18"}
      sets a switch of one platform's simulator; they are listed below
"#;

/// The names of all kinds.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let examples = TABLE.split(r#"{"fault":""#).skip(1);
    examples.filter_map(|example| example.split('"').next())
}

/// The fault language in words, for `centurion simulate --help`.
pub fn fault_help() -> String {
    format!(
        "Faults: the name of a set ({}), or a JSON array of objects. Where each holds is said by `platform` \
         (sap_ai_core, run_ai, kubiya), `method`, `path` (* stands for anything), `tenant` (by its key: Kubiya), \
         `ids`, and how often by `times`; what is absent holds everywhere and always. What happens:\n{}\n\nSwitches:{}",
        preset::names(),
        TABLE.trim_end(),
        switch::help()
    )
}
