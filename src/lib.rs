//! centurion lists the live executions, deployments and workloads of an organisation on SAP AI Core,
//! NVIDIA Run:ai and Kubiya, and stops, deletes or resumes up to a hundred of them at a time: marked,
//! planned, confirmed, and followed until they arrive.
//!
//! # Bird's-eye view
//!
//! ```text
//! key, resize, tick ─┐                          ┌─> ui::draw(&Model) ─> screen
//!                    ├─> Message ─> app::update ┤
//! what effects learn ┘        (pure)            └─> Effects ─> runtime ─> platforms, journal
//!          └──────────────<── Messages, one bounded channel <──────────────┘
//! ```
//!
//! [`app::update`] is plain synchronous code: it takes what happened and describes what is to be done
//! outside. [`runtime`] does it, each effect in a task of its own. The screen is a function of the model.
//! What grows with the number of rows is done in those tasks, over shared snapshots, so no key waits for rows.
//!
//! A change takes this way: marks → [`domain::plan::Plan`] → typed confirmation →
//! [`domain::plan::Batch`] → intent in the [`journal`], synced → one [`domain::plan::Request`] at a time
//! through [`platforms::Platform::change`] → an [`domain::outcome::Outcome`] for each row, set once →
//! [`domain::tracking`] by later reads.
//!
//! # Code map
//!
//! | folder | what it is | may use |
//! |---|---|---|
//! | [`domain`] | the nouns and their rules; no I/O | nothing |
//! | [`journal`] | intents and outcomes on disk | `domain` |
//! | [`config`] | text in, checked connections out | `domain` |
//! | [`simulator`] | the engine the simulated platforms share | `domain` |
//! | [`platforms`] | a client and a simulator for each platform, behind one trait | `simulator`, `domain` |
//! | [`app`] | model, update, keys | `domain` |
//! | [`ui`] | the model on a frame | `app`, `domain` |
//! | [`runtime`] | the event loop, the terminal, carrying out effects | all above but `config`, `simulator` |
//! | [`cli`] | arguments; the only reader of the environment | all above |
//!
//! `tests/it/architecture.rs` holds the code to this table. A fourth platform is one folder under
//! [`platforms`] and one line in [`platforms::ALL`].
//!
//! # Invariants
//!
//! * A [`domain::plan::Batch`] exists only by [`domain::plan::Plan::confirm`], and only a batch is sent.
//! * A plan shrinks by itself and never grows; no id is in it twice; no request holds more than a hundred.
//! * The intent is on disk before the first byte of a change leaves; `sending` is on disk before the
//!   request it names.
//! * A change that may have arrived is never sent again by itself: its rows are *unknown* and read back.
//! * Outcomes are set once and add up to the marked rows. Only reads that began after the answer track.
//! * Text from a server is a [`domain::text::Clean`] before anything else sees it; a credential is a
//!   [`domain::text::Secret`].
//! * A client and its simulator share no wire type: they meet as bytes.
//!
//! # Dependencies
//!
//! | for | crates |
//! |---|---|
//! | screen and keys | `ratatui`, `crossterm`; `tui-input` edits fields, `unicode-segmentation` and `unicode-width` measure text |
//! | tasks | `tokio`, `tokio-util` (cancellation), `futures-util` (streams) |
//! | HTTP | `reqwest` and `url` speak it, `backon` pauses between tries, `httpdate` reads `Retry-After`, `hyper-util` names the proxy of the environment |
//! | the simulator | `axum`, `hyper` and `hyper-util` serve it, `fastrand` seeds its world |
//! | data | `serde`, `serde_json`, `toml`, `uuid`, `base64` (a token's expiry), `jiff` (time), `regex` (the filter) |
//! | the journal | `crc32fast` guards its lines, `memchr` splits them |
//! | secrets | `secrecy` wipes them |
//! | the command line | `clap`, `clap_complete`, `directories` (folders) |
//! | errors | `thiserror` words them |
//! | the system | `rustix`: signals, file modes, limits |
//! | tests alone | `proptest` makes inputs, `insta` keeps pictures of screens, `portable-pty` and `vt100` are a terminal, `rcgen` and `tokio-rustls` a server with any certificate, `tempfile` its folders |

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod journal;
pub mod platforms;
pub mod runtime;
pub mod simulator;
pub mod ui;
