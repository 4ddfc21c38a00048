//! Sets of faults with a name, for `--faults`.

use super::InvalidFault;

/// Each with the set as JSON.
const PRESETS: [(&str, &str); 6] = [
    ("none", "[]"),
    ("demo", DEMO),
    ("slow", r#"[{"fault":"delay","ms":1500}]"#),
    ("rate-limit", RATE_LIMIT),
    ("lost-answers", LOST_ANSWERS),
    ("odd-answers", ODD_ANSWERS),
];

/// The small Kubiya connection loses the answer to its first batch.
const DEMO: &str = r#"[
    {"platform":"kubiya","tenant":"agents-lab","method":"POST","path":"*/executions/batch/terminate",
     "times":1,"fault":"drop_after"}
]"#;

/// The first calls of each platform are told to wait: with a time, and without.
const RATE_LIMIT: &str = r#"[
    {"platform":"sap_ai_core","times":4,"fault":"retry_after","value":3},
    {"platform":"run_ai","times":4,"fault":"retry_after","value":3},
    {"platform":"kubiya","times":4,"fault":"retry_after"}
]"#;

/// No change is ever answered; some happen, some do not.
const LOST_ANSWERS: &str = r#"[
    {"platform":"sap_ai_core","method":"PATCH","fault":"drop_after"},
    {"platform":"run_ai","method":"POST","path":"*/workloads/*","fault":"status","status":502,"act":true},
    {"platform":"kubiya","method":"POST","path":"*/executions/*","fault":"drop_before"}
]"#;

/// Answers that do not add up.
const ODD_ANSWERS: &str = r#"[
    {"times":2,"fault":"missing"},
    {"times":2,"fault":"contradictory"},
    {"times":2,"fault":"duplicate"},
    {"times":2,"fault":"stuck"},
    {"fault":"extra"}
]"#;

/// The names of all, in a sentence.
pub(super) fn names() -> String {
    PRESETS.map(|(name, _)| name).join(", ")
}

pub(super) fn named(name: &str) -> Result<&'static str, InvalidFault> {
    let found = PRESETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, set)| *set).ok_or_else(|| {
        let known = names();
        InvalidFault(format!(
            "unknown set of faults `{name}`, expected one of {known}, or a JSON array"
        ))
    })
}
