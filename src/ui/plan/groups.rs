//! The groups of rows that a plan sends: by source and verb, with the requests they leave in.

use std::collections::{BTreeSet, HashMap};

use crate::app::confirm::order;
use crate::app::rows;
use crate::domain::action::Verb;
use crate::domain::connection::PlatformId;
use crate::domain::plan::{Account, Place, Plan, PlanRow};
use crate::domain::resource::{Key, Scope};
use crate::ui::glyph;
use crate::ui::plan::confirm::whose;
use crate::ui::plan::summary::{freed, frees};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, flow, plain, quiet, say, strong};

/// Rows that stand together under one line: of one source and verb, or all that are left out.
pub(super) struct Group<'a> {
    pub(super) rows: &'a [&'a PlanRow],
    requests: BTreeSet<u32>,
    /// The account they go through, where it is to be named here.
    account: Option<&'a Account>,
}

/// Splits rows that stand in order into groups, with the requests that carry them, and their accounts
/// where they are to be named.
pub(super) fn of<'a>(
    rows: &'a [&'a PlanRow],
    plan: &'a Plan,
    names_accounts: bool,
) -> Vec<Group<'a>> {
    let requests = plan.requests(None);
    let carriers: HashMap<&Key, u32> = requests
        .iter()
        .flat_map(|request| {
            let operations = request.operations().iter();
            operations.map(|operation| (&operation.key, request.number()))
        })
        .collect();
    let groups = rows.chunk_by(|a, b| order(a) == order(b));
    let group = |rows: &'a [&'a PlanRow]| {
        let requests = rows.iter().filter_map(|row| carriers.get(&row.row.key));
        let connection = &rows[0].row.key.source.connection;
        let mut accounts = plan.accounts().iter().filter(|_| names_accounts);
        Group {
            rows,
            requests: requests.copied().collect(),
            account: accounts.find(|account| account.connection == *connection),
        }
    };
    groups.map(group).collect()
}

impl Group<'_> {
    /// What it stands under, and what there is to say of that.
    pub(super) fn title(&self) -> (&'static str, &'static str) {
        match self.rows[0].place {
            Place::Send(_) => ("SEND", ""),
            Place::ServerDecides(..) => (
                "SERVER DECIDES",
                "the documents are silent or disagree here: sent, not promised",
            ),
            Place::LeftOut { .. } => ("LEFT OUT", "never sent"),
        }
    }

    /// The group's lines: where, requests, targets, and what cannot be undone. `shared` are the
    /// requests that carry rows of other groups as well. What is left out has none.
    pub(super) fn lines(&self, shared: &BTreeSet<u32>, columns: usize) -> Vec<Words> {
        let Some(verb) = self.rows[0].place.verb() else {
            return Vec::new();
        };
        let requests = match self.requests.len() {
            1 => "1 request".to_owned(),
            count => format!("{count} requests"),
        };
        let has_shared = self.requests.iter().any(|request| shared.contains(request));
        let remark = if has_shared { " (shared)" } else { "" };
        let place = strong(format!("  {}", self.place()));
        let counts = plain(format!("{requests}{remark}   {} ", rows(self.rows.len())))
            .strong(format!("{} {}", glyph::ARROW, verb.goal.word()));
        let mut remarks = self.remarks(verb);
        let mut line = place.clone().plain("   ").and(counts.clone());
        if line.width() > columns {
            remarks.insert(0, counts);
            line = place;
        }
        let beside = remarks.iter().cloned();
        let beside = beside.fold(line.clone(), |line, remark| line.plain("   ").and(remark));
        if beside.width() <= columns {
            return vec![beside];
        }
        let mut lines = vec![line];
        lines.extend(flow(Words::new().pad_to(4), remarks, glyph::DOT, columns));
        lines
    }

    fn remarks(&self, verb: &Verb) -> Vec<Words> {
        let mut remarks = Vec::new();
        if !verb.consequence.is_empty() {
            remarks.push(say(Tone::Warn, format!("! {}", verb.consequence)));
        }
        if !verb.word.eq_ignore_ascii_case(verb.goal.word()) {
            remarks.push(quiet(format!("word used there: {}", verb.word)));
        }
        let gpus = freed(self.rows.iter().copied());
        if gpus > 0.0 {
            remarks.push(plain(frees(gpus)));
        }
        let through = |account| plain(format!("through {}", whose(account)));
        remarks.extend(self.account.map(through));
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
        let [_, several] = platform.scope_words();
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
