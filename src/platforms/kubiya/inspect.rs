//! What Kubiya tells of one execution beyond its listing (`specs/kubiya.md` 6.2 and 6.6).

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::error::PlatformError;
use crate::domain::inspection::{Line, Part, without_colors};
use crate::platforms::http::{Call, Http};
use crate::platforms::kubiya::refusal;
use crate::platforms::loose::FromJson;
use crate::platforms::parts::{entries, part};

/// The execution as sent.
pub(super) async fn document(http: &Http, id: &str) -> Part {
    match read(http, &["api", "v1", "executions", id]).await {
        Ok(document) => Part::raw(&document),
        Err(error) => part("raw JSON", Err(error), None),
    }
}

/// What was said in its session, the oldest first.
pub(super) async fn messages(http: &Http, id: &str) -> Part {
    let title = "messages";
    let session = read(http, &["api", "v1", "executions", id, "session"]).await;
    match session.and_then(|mut session| entries(&mut session, title)) {
        Ok(messages) => part(title, Ok(messages.iter().flat_map(lines).collect()), None),
        Err(error) if error.said().is_some_and(refusal::is_no_session) => {
            part(title, Ok(Vec::new()), Some("no session yet".to_owned()))
        }
        Err(error) => part(title, Err(error), None),
    }
}

async fn read(http: &Http, path: &[&str]) -> Result<Value, PlatformError> {
    http.read(Call::get(path.iter().copied())).await?.json()
}

/// Role and time stand before the first line of a message.
fn lines(message: &Value) -> Vec<Line> {
    let content = &message["content"];
    let text = content
        .as_str()
        .map_or_else(|| content.to_string(), str::to_owned);
    let role = message["role"].as_str().unwrap_or("?");
    let text = format!("{role}: {}", text.trim());
    let mut lines: Vec<Line> = text
        .lines()
        .map(|line| Line::plain(&without_colors(line)))
        .collect();
    if let Some(first) = lines.first_mut() {
        first.at = Timestamp::from_json(message["timestamp"].clone());
    }
    lines
}
