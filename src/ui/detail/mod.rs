//! One row: what is known of it and what may be done to it. As a pane beside or below the list, as one
//! line, or as a page.

mod page;
mod pane;

pub(super) use page::draw as page;
pub(super) use pane::{below, beside, line};
