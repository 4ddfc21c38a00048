//! One line of a file: a record with its place in the sequence, sealed with a checksum.
//!
//! `{"v":1,"n":3,"at":"2026-11-22T09:43:31Z","type":"sending","request":1,"crc":"0c4f7a11"}`: the checksum
//! is the CRC-32 of all bytes before `,"crc"`. Everything outside printable ASCII is escaped, so that a
//! file can be shown in a terminal (T6).

use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::journal::record::Record;

/// The version this program writes.
pub(super) const VERSION: u32 = 1;

/// The longest line that is written or read, without its end: 1 MiB.
pub(super) const LONGEST: usize = 1 << 20;

/// What stands between the last field and the checksum's eight digits.
const SEAL: &str = ",\"crc\":\"";

/// A record and its place. `n` counts from 1 and orders the lines; `at` is only shown (J12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) v: u32,
    pub(super) n: u64,
    pub(super) at: Timestamp,
    #[serde(flatten)]
    pub(super) record: Record,
}

/// What a line turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Opened {
    /// As this version writes it.
    Own(Line),
    /// Understood, yet it holds something that this version does not know.
    Extended(Line),
    /// Whole, but not understood; with its number, where it has one, and the reason.
    Foreign(Option<u64>, String),
    /// Not what was written.
    Damaged,
}

impl Line {
    pub(super) fn new(n: u64, at: Timestamp, record: Record) -> Self {
        Self {
            v: VERSION,
            n,
            at,
            record,
        }
    }

    /// The bytes of the line, without its end.
    pub(super) fn seal(&self) -> Vec<u8> {
        let mut line = Vec::new();
        self.serialize(&mut Serializer::with_formatter(&mut line, Ascii))
            .expect("records serialize, and memory takes them");
        line.pop();
        let seal = seal(&line);
        line.extend_from_slice(seal.as_bytes());
        line
    }

    /// Reads the bytes of a line, without its end. What this version would have written differently
    /// came from a newer one.
    pub(super) fn open(bytes: &[u8]) -> Opened {
        let Some(body) = unseal(bytes) else {
            return Opened::Damaged;
        };
        match serde_json::from_slice::<Self>(&body) {
            Ok(line) if line.v == VERSION && line.seal() == bytes => Opened::Own(line),
            Ok(line) => Opened::Extended(line),
            Err(error) => Opened::Foreign(number(&body), error.to_string()),
        }
    }
}

fn seal(body: &[u8]) -> String {
    format!("{SEAL}{:08x}\"}}", crc32fast::hash(body))
}

/// The object that was sealed, closed again; `None` where the seal does not fit.
fn unseal(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.len().checked_sub(SEAL.len() + "00000000\"}".len())?;
    let (body, found) = bytes.split_at(end);
    (found == seal(body).as_bytes()).then(|| [body, b"}"].concat())
}

fn number(body: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        n: u64,
    }
    serde_json::from_slice::<Numbered>(body)
        .ok()
        .map(|line| line.n)
}

/// Writes strings in printable ASCII. `serde_json` by itself leaves DEL, C1 and bidi controls as they are.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let is_plain = |c: char| (' '..='~').contains(&c);
        let mut rest = fragment;
        while let Some(at) = rest.find(|c| !is_plain(c)) {
            let (plain, odd) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let end = odd.find(is_plain).unwrap_or(odd.len());
            for unit in odd[..end].encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &odd[end..];
        }
        writer.write_all(rest.as_bytes())
    }
}
