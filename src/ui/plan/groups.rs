//! The groups of rows that a plan sends: by source and verb, with the requests they leave in.

use std::collections::{BTreeSet, HashMap};

use crate::app::rows;
use crate::domain::action::Verb;
use crate::domain::connection::PlatformId;
use crate::domain::plan::{Plan, PlanRow};
use crate::domain::resource::{Key, Scope};
use crate::ui::glyph;
use crate::ui::plan::summary::freed;
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, plain, quiet, say, strong};

/// Rows that stand together under one line.
pub(super) struct Group<'a> {
    pub(super) rows: Vec<&'a PlanRow>,
    verb: &'static Verb,
    requests: BTreeSet<u32>,
}

/// Which request carries which row.
pub(super) fn carriers(plan: &Plan) -> HashMap<Key, u32> {
    let requests = plan.requests(None);
    let operations = requests.iter().flat_map(|request| {
        let operations = request.operations().iter();
        operations.map(|operation| (operation.key.clone(), request.number()))
    });
    operations.collect()
}

/// Splits rows that stand in order into groups of one source and verb.
pub(super) fn of<'a>(rows: &[&'a PlanRow], carriers: &HashMap<Key, u32>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for &row in rows {
        let Some(verb) = row.place.verb() else {
            continue;
        };
        let key = &row.row.key;
        let request = carriers.get(key).copied();
        match groups.last_mut() {
            Some(group) if group.verb == verb && group.rows[0].row.key.source == key.source => {
                group.rows.push(row);
                group.requests.extend(request);
            }
            Some(_) | None => groups.push(Group {
                rows: vec![row],
                verb,
                requests: request.into_iter().collect(),
            }),
        }
    }
    groups
}

impl Group<'_> {
    /// The group's lines: where, requests, targets, and what cannot be undone. `shared` are the
    /// requests that carry rows of other groups as well.
    pub(super) fn lines(&self, shared: &BTreeSet<u32>, columns: usize) -> Vec<Words> {
        let requests = match self.requests.len() {
            1 => "1 request".to_owned(),
            count => format!("{count} requests"),
        };
        let has_shared = self.requests.iter().any(|request| shared.contains(request));
        let remark = if has_shared { " (shared)" } else { "" };
        let place = strong(format!("  {}", self.place()));
        let counts = plain(format!("{requests}{remark}   {} ", rows(self.rows.len())))
            .strong(format!("{} {}", glyph::ARROW, self.verb.goal.word()));
        let mut remarks = self.remarks();
        if place.width() + counts.width() + 3 > columns {
            remarks.insert(0, counts);
            let mut lines = vec![place];
            lines.extend(flow(Words::new().pad_to(4), remarks, glyph::DOT, columns));
            return lines;
        }
        let line = place.plain("   ").and(counts);
        let beside: usize = remarks.iter().map(|remark| remark.width() + 3).sum();
        if line.width() + beside <= columns {
            return vec![
                remarks
                    .into_iter()
                    .fold(line, |line, remark| line.plain("   ").and(remark)),
            ];
        }
        let mut lines = vec![line];
        lines.extend(flow(Words::new().pad_to(4), remarks, glyph::DOT, columns));
        lines
    }

    fn remarks(&self) -> Vec<Words> {
        let mut remarks = Vec::new();
        if !self.verb.consequence.is_empty() {
            remarks.push(say(Tone::Warn, format!("! {}", self.verb.consequence)));
        }
        if !self.verb.word.eq_ignore_ascii_case(self.verb.goal.word()) {
            remarks.push(quiet(format!("word used there: {}", self.verb.word)));
        }
        let gpus = freed(self.rows.iter().copied());
        if gpus > 0.0 {
            remarks.push(plain(super::summary::frees(gpus)));
        }
        remarks
    }

    /// `SAP prod-eu / rg:default / executions`.
    fn place(&self) -> String {
        let source = &self.rows[0].row.key.source;
        let scope = match source.scope.raw() {
            Scope::EVERYTHING => self.scopes(source.platform),
            _ => format!(
                "{}:{}",
                source.platform.scope_prefix(),
                source.scope.shown()
            ),
        };
        let place = format!(
            "{} {} / {scope}",
            source.platform.label(),
            source.connection
        );
        match source.platform.kinds().len() {
            1 => place,
            _ => format!("{place} / {}", source.kind.plural()),
        }
    }

    /// The one scope of its rows, or how many they are.
    fn scopes(&self, platform: PlatformId) -> String {
        let scopes: BTreeSet<_> = self.rows.iter().map(|row| &row.row.scope).collect();
        let several = match platform {
            PlatformId::SapAiCore => "resource groups",
            PlatformId::RunAi => "projects",
            PlatformId::Kubiya => "organisations",
        };
        match scopes.first() {
            Some(scope) if scopes.len() == 1 => format!("{}:{scope}", platform.scope_prefix()),
            Some(_) | None => format!("{} {several}", scopes.len()),
        }
    }
}

/// Requests that carry rows of more than one group.
pub(super) fn shared(groups: &[Group]) -> BTreeSet<u32> {
    let mut seen = BTreeSet::new();
    let all = groups.iter().flat_map(|group| &group.requests);
    all.filter(|request| !seen.insert(**request))
        .copied()
        .collect()
}
