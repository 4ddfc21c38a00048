//! What the service sends, as far as it is used (`specs/kubiya.md` 6). Knows no rules and no rows.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess};

use crate::platforms::kubiya::lenient::{Expected, Length, Line, Maybe, RawId, Words};

/// One execution of a listing or a read by id (6.1, 6.2). Prompts and responses may be megabytes long:
/// only their start is ever kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) id: Maybe<RawId>,
    pub(super) organization_id: Maybe<Words<100>>,
    pub(super) execution_type: Maybe<Words<40>>,
    pub(super) entity_id: Maybe<Words<60>>,
    pub(super) entity_name: Maybe<Words<120>>,
    pub(super) prompt: Maybe<Words<300>>,
    pub(super) status: Maybe<Words<60>>,
    pub(super) response: Maybe<Words<200>>,
    pub(super) error_message: Maybe<Line<200>>,
    pub(super) usage: Maybe<Usage>,
    pub(super) execution_metadata: Maybe<Metadata>,
    pub(super) runner_name: Maybe<Words<100>>,
    pub(super) user_name: Maybe<Words<100>>,
    pub(super) user_email: Maybe<Words<100>>,
    pub(super) created_at: Maybe<Timestamp>,
    pub(super) started_at: Maybe<Timestamp>,
    pub(super) completed_at: Maybe<Timestamp>,
    pub(super) updated_at: Maybe<Timestamp>,
    pub(super) participants: Maybe<Length>,
    pub(super) last_message_preview: Maybe<Words<150>>,
}

/// Tokens spent; agents and teams name them differently.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    #[serde(rename = "total_tokens")]
    total: Maybe<u64>,
    #[serde(rename = "prompt_tokens")]
    prompt: Maybe<u64>,
    #[serde(rename = "completion_tokens")]
    completion: Maybe<u64>,
    #[serde(rename = "input_tokens")]
    input: Maybe<u64>,
    #[serde(rename = "output_tokens")]
    output: Maybe<u64>,
}

impl Usage {
    /// The total as sent, else the sum of what was.
    pub(super) fn tokens(&self) -> Option<u64> {
        let sent = self.prompt.0.or(self.input.0);
        let received = self.completion.0.or(self.output.0);
        let sum = [sent, received]
            .into_iter()
            .flatten()
            .reduce(u64::saturating_add);
        self.total.0.or(sum)
    }
}

/// The free-form members that say how the execution came about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) job_name: Maybe<Words<100>>,
    pub(super) trigger_type: Maybe<Words<40>>,
}

/// A read by id: the object, or an array of one, the older form (6.2).
#[derive(Debug)]
pub(super) struct One(pub(super) Row);

/// The answer to batch terminate (6.3).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BatchAnswer {
    pub(super) total_requested: Maybe<u64>,
    pub(super) total_succeeded: Maybe<u64>,
    pub(super) total_failed: Maybe<u64>,
    pub(super) results: Maybe<Vec<Maybe<BatchResult>>>,
}

/// What the answer says of one id. Errors are kept nearly whole: for the journal, and for who asks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BatchResult {
    pub(super) execution_id: Maybe<RawId>,
    pub(super) success: Maybe<bool>,
    pub(super) error: Maybe<Words<4_000>>,
    pub(super) terminated_at: Maybe<Words<60>>,
}

/// The answer to cancel and resume (6.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SingleAnswer {
    pub(super) execution_id: Maybe<RawId>,
    pub(super) success: Maybe<bool>,
    pub(super) message: Maybe<Words<400>>,
    pub(super) warning: Maybe<Words<400>>,
    pub(super) error: Maybe<Words<4_000>>,
}

/// Objects whose members are each absent or as expected.
macro_rules! expected_objects {
    ($($name:ty),*) => {$(
        impl Expected for $name {
            fn from_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
                Self::deserialize(MapAccessDeserializer::new(object)).map(Some)
            }
        }
    )*};
}

expected_objects!(Row, Usage, Metadata, BatchAnswer, BatchResult, SingleAnswer);

impl Expected for One {
    fn from_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        Ok(Row::from_object(object)?.map(Self))
    }

    fn from_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        let rows = Vec::<Maybe<Row>>::from_list(list)?;
        let mut rows = rows.into_iter().flatten();
        let (only, next) = (rows.next(), rows.next());
        Ok(only
            .and_then(|row| row.0)
            .filter(|_| next.is_none())
            .map(Self))
    }
}
