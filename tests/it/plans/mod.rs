//! What a plan promises.

mod any;
mod confirming;
mod requests;
mod rows;
