//! centurion lists the live executions, deployments and workloads of an organisation on SAP AI Core,
//! NVIDIA Run:ai and Kubiya, and stops, deletes or resumes up to a hundred of them at a time: marked,
//! planned, confirmed, and followed until they arrive.

pub mod app;
pub mod config;
pub mod domain;
pub mod journal;
pub mod platforms;
pub mod simulator;
pub mod ui;
