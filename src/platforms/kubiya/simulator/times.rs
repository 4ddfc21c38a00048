//! The three ways in which the service writes times (`specs/kubiya.md` 4).

use jiff::Timestamp;

/// As columns of the database: `2026-01-10T12:00:00.123456+00:00`, no fraction where it is zero.
pub(super) fn stored(time: Timestamp) -> String {
    format!("{}+00:00", zoneless(time))
}

/// As the batch says when it acted: `2026-01-10T12:00:00.123456Z`.
pub(super) fn acted(time: Timestamp) -> String {
    format!("{}Z", zoneless(time))
}

/// As messages and the health check have it: without a zone.
pub(super) fn zoneless(time: Timestamp) -> String {
    let fraction = time.subsec_nanosecond() / 1_000;
    let format = match fraction {
        0 => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S.%6f",
    };
    time.strftime(format).to_string()
}
