//! A row's key in words, so that every line that names a row makes sense without the others.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::connection::{ConnectionName, PlatformId};
use crate::domain::resource::{Id, Key, Kind, Scope, Source};

/// A [`Key`] as it is written: byte for byte as the platform spells it, never cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowKey {
    pub(super) connection: String,
    pub(super) platform: String,
    /// The scope of the source, `*` where one listing covers all.
    pub(super) source: String,
    pub(super) kind: String,
    pub(super) id: String,
}

impl RowKey {
    pub(super) fn of(key: &Key) -> Self {
        let source = &key.source;
        Self {
            connection: source.connection.as_str().to_owned(),
            platform: source.platform.config_word().to_owned(),
            source: source.scope.raw().to_owned(),
            kind: source.kind.word().to_owned(),
            id: key.id.raw().to_owned(),
        }
    }

    /// The key again; `None` where this version does not know the platform or the kind, or where the
    /// id is not one that can be sent.
    pub(super) fn key(&self) -> Option<Key> {
        let source = Source {
            connection: ConnectionName::new(&self.connection)?,
            platform: PlatformId::ALL
                .into_iter()
                .find(|p| p.config_word() == self.platform)?,
            scope: Scope::new(&self.source),
            kind: Kind::ALL.into_iter().find(|k| k.word() == self.kind)?,
        };
        let id = Id::new(&self.id);
        id.is_sound().then(|| Key {
            source: Arc::new(source),
            id,
        })
    }
}
