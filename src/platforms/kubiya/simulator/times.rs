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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_left_out_where_they_are_zero() {
        let time = |text: &str| text.parse::<Timestamp>().expect("valid");
        assert_eq!(
            stored(time("2026-01-10T12:00:00Z")),
            "2026-01-10T12:00:00+00:00"
        );
        assert_eq!(
            stored(time("2026-01-10T12:00:00.0451Z")),
            "2026-01-10T12:00:00.045100+00:00"
        );
        assert_eq!(
            acted(time("2026-01-10T12:00:00.5Z")),
            "2026-01-10T12:00:00.500000Z"
        );
    }
}
