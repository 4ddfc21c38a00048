//! The tests of everything that takes more than one module. One binary, one harness.

mod config;
mod fixture;
mod journal;
mod outcomes;
mod plans;
