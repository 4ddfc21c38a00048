//! Who forbids changes: the strictest of file, command line and environment (T23).

use crate::config::environment::Environment;
use crate::domain::connection::ReadOnly;

/// The variable that forbids changes, whatever its value but `0`, `false` and nothing.
const VARIABLE: &str = "CENTURION_READ_ONLY";

/// Whether this run as a whole may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// As each connection says.
    Free,
    /// No; said by a flag or a variable of that name.
    ReadOnly(&'static str),
}

impl Run {
    /// What the command line and the environment say together.
    pub(super) fn of(environment: &Environment, flag: bool) -> Self {
        let allows = |value: &str| value == "0" || value.eq_ignore_ascii_case("false");
        let variable = environment.variable(VARIABLE);
        match (flag, variable) {
            (true, _) => Self::ReadOnly("--read-only"),
            (false, Some(value)) if !value.to_str().is_some_and(allows) => Self::ReadOnly(VARIABLE),
            (false, _) => Self::Free,
        }
    }

    /// What holds for a connection whose file says this of it.
    pub(super) fn or_file(self, read_only: bool) -> ReadOnly {
        match (self, read_only) {
            (Self::ReadOnly(_), _) => ReadOnly::ByRun,
            (Self::Free, true) => ReadOnly::ByFile,
            (Self::Free, false) => ReadOnly::No,
        }
    }
}
