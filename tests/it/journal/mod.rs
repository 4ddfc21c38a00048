//! The journal on a real disk: what it promises about order, damage, folders and other processes.
//!
//! A kill is played by a copy of the folder, taken where the probe is asked: what a process that ends
//! there leaves behind, without its lock.

mod damage;
mod faults;
mod files;
pub(crate) mod fixture;
mod names;
mod order;
mod sizes;
