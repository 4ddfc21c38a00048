//! Which parts of a connection are listed, and how a part may be called.

use std::collections::BTreeSet;

use crate::config::document::Entry;
use crate::config::error::ConfigError;
use crate::config::keys::listed;
use crate::domain::connection::{PlatformId, Scopes};
use crate::domain::resource::Scope;

/// The resource group every SAP AI Core tenant has.
pub(super) const SAP_DEFAULT: &str = "default";

/// What a resource group may be called, for messages (`specs/sap-ai-core.md` 6).
pub(super) const RESOURCE_GROUP_FORM: &str =
    "3 to 253 letters, digits, '-' and '.', with a letter or digit at both ends";

/// What is listed where nothing is said.
pub(super) fn usual(platform: PlatformId) -> Scopes {
    match platform {
        PlatformId::SapAiCore => Scopes::Named(vec![Scope::new(SAP_DEFAULT)]),
        PlatformId::RunAi | PlatformId::Kubiya => Scopes::All,
    }
}

/// Reads `"*"` or a list of names.
pub(super) fn read(entry: Entry<'_>, platform: PlatformId) -> Result<Scopes, ConfigError> {
    if entry.is_text() {
        return match entry.text()? {
            Scope::EVERYTHING => Ok(Scopes::All),
            other => Err(entry.wrong_value(other)),
        };
    }
    let items = entry.list()?;
    let names: Vec<_> = items.iter().map(Entry::text).collect::<Result<_, _>>()?;
    if names == [Scope::EVERYTHING] {
        return Ok(Scopes::All);
    }
    let mut seen = BTreeSet::new();
    for (item, name) in items.iter().zip(&names) {
        if !is_sound(platform, name) || !seen.insert(name) {
            return Err(item.wrong(format!("has {name:?} in it")));
        }
    }
    if names.is_empty() {
        return Err(entry.wrong("is an empty list"));
    }
    Ok(Scopes::Named(names.into_iter().map(Scope::new).collect()))
}

/// The scopes in one line.
pub(super) fn shown(scopes: &Scopes) -> String {
    match scopes {
        Scopes::All => "all".to_owned(),
        Scopes::Named(names) => listed(names.iter().map(Scope::raw)),
    }
}

fn is_sound(platform: PlatformId, name: &str) -> bool {
    match platform {
        PlatformId::SapAiCore => is_resource_group(name),
        PlatformId::RunAi | PlatformId::Kubiya => {
            !name.trim().is_empty()
                && name != Scope::EVERYTHING
                && !name.chars().any(char::is_control)
        }
    }
}

/// Whether a resource group may be called so; anything else could not be sent in a header.
pub(super) fn is_resource_group(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let outer = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let bytes = name.as_bytes();
    (3..=253).contains(&bytes.len())
        && bytes.iter().copied().all(inner)
        && outer(bytes.first().copied())
        && outer(bytes.last().copied())
}
