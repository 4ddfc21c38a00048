//! The nouns every layer shares: plain data and the rules between them, without I/O.
//!
//! Nothing here knows HTTP, the terminal or a platform by name beyond [`connection::PlatformId`].

pub mod action;
pub mod connection;
pub mod error;
pub mod export;
pub mod inspection;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod resource;
pub mod streak;
pub mod text;
pub mod time;
pub mod tracking;
