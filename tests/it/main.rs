//! The tests of everything that takes more than one module. One binary, one harness.

mod architecture;
mod canned;
mod catalogue;
mod command_line;
mod config;
mod doctor;
mod exports;
mod faults;
mod fixture;
mod harness;
mod http;
mod journal;
mod kubiya;
mod main_job;
mod outcomes;
mod plans;
mod pty;
mod run_ai;
mod sap_client;
mod sap_simulator;
mod screens;
mod simulator;
mod terminal;
