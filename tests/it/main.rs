//! The tests of everything that takes more than one module. One binary, one harness.

mod canned;
mod config;
mod fixture;
mod http;
mod journal;
mod kubiya;
mod outcomes;
mod plans;
mod run_ai;
mod sap_client;
mod sap_simulator;
mod screens;
mod simulator;
