//! `:off NAME` and `:on NAME`: a connection, or all of a platform, is left alone and taken up again.

use crate::app::lanes::Lanes;
use crate::app::update::refresh_due;
use crate::app::{Model, browse};
use crate::domain::connection::{ConnectionName, PlatformId};
use crate::domain::report::ReportRow;
use crate::domain::text::counted;

/// Switches what is named off or on, and says what that means. While a batch is being sent to it, it stays on.
pub(super) fn switch(model: &mut Model, typed: &str, on: bool) {
    let names = meant(&model.lanes, typed);
    if names.is_empty() {
        let all = model.lanes.all().iter();
        let all = listed(all.map(|lane| &lane.connection.name));
        return model.say(format!(":on and :off take a platform or one of {all}"));
    }
    let words = listed(names.iter());
    if !on && count(model, &names, |row| row.outcome().is_none()) > 0 {
        return model.say(format!(
            "{words}: a batch is being sent to it; ctrl-c stops that"
        ));
    }
    let now = model.now.moment;
    for name in &names {
        model.lanes.switch(name, on, now);
    }
    refresh_due(model);
    browse::ask_anew(model);
    let moving = count(model, &names, ReportRow::is_moving);
    model.say(match (on, moving) {
        (true, _) => format!("on: {words}"),
        (false, 0) => format!("off, not read and nothing sent to it: {words}"),
        (false, _) => {
            let moving = counted(
                moving,
                "row that still moves is",
                "rows that still move are",
            );
            format!("off: {words}; {moving} not followed")
        }
    });
}

/// The connection of that name, else those of the platform.
fn meant(lanes: &Lanes, typed: &str) -> Vec<ConnectionName> {
    let is_typed = |word: &str| word.eq_ignore_ascii_case(typed);
    let is_platform =
        |id: PlatformId| is_typed(id.label()) || id.spellings().into_iter().any(is_typed);
    let all = || lanes.all().iter().map(|lane| &lane.connection);
    if let Some(exact) = all().find(|one| is_typed(one.name.as_str())) {
        return vec![exact.name.clone()];
    }
    let of_platform = all().filter(|one| is_platform(one.platform));
    of_platform.map(|one| one.name.clone()).collect()
}

fn listed<'a>(names: impl Iterator<Item = &'a ConnectionName>) -> String {
    let names: Vec<&str> = names.map(ConnectionName::as_str).collect();
    names.join(", ")
}

/// How many rows of these connections a batch that is followed has, of which something holds.
fn count(model: &Model, names: &[ConnectionName], holds: fn(&ReportRow) -> bool) -> usize {
    let rows = model.followed().flat_map(|(_, run)| run.report.rows());
    let rows = rows.filter(|row| names.contains(&row.row.key.source.connection));
    rows.filter(|row| holds(row)).count()
}
