//! Which rows travel together.

use std::sync::Arc;

use centurion::domain::action::Action;
use centurion::domain::connection::PlatformId;
use centurion::domain::plan::Request;
use centurion::domain::resource::Group;

use crate::fixture::{
    CANCEL, DELETE, STOP, SUSPEND, TERMINATE, confirmed, deployments, nothing, only, plan, row,
    sap, source,
};

#[test]
fn what_travels_together_is_what_the_platform_takes_in_one_call() {
    let eval = source("prod", PlatformId::SapAiCore, "eval");
    let requests = |verb, one: &Arc<_>, other: &Arc<_>| {
        let of = |at: &Arc<_>, id| row(at, id, "RUNNING", Group::Active, only(verb, false));
        plan(Action::CleanUp, &[of(one, "a"), of(other, "b")]).requests(None)
    };
    let lab = source("lab", PlatformId::SapAiCore, "default");
    for (verb, other, count) in [
        (&STOP, sap(), 1),
        (&STOP, eval.clone(), 2),
        (&STOP, deployments(&sap()), 2),
        (&STOP, lab.clone(), 2),
        (&SUSPEND, eval.clone(), 1),
        (&TERMINATE, eval, 1),
        (&TERMINATE, lab, 2),
        (&CANCEL, sap(), 2),
    ] {
        let numbers: Vec<u32> = requests(verb, &sap(), &other)
            .iter()
            .map(Request::number)
            .collect();
        assert_eq!(
            numbers,
            (1..=count).collect::<Vec<_>>(),
            "{} {other}",
            verb.word
        );
    }
    let mixed = [
        (&SUSPEND, "a"),
        (&CANCEL, "b"),
        (&STOP, "c"),
        (&DELETE, "d"),
    ];
    let mixed =
        mixed.map(|(verb, id)| row(&sap(), id, "RUNNING", Group::Active, only(verb, false)));
    assert_eq!(
        plan(Action::CleanUp, &mixed).requests(None).len(),
        3,
        "verbs mix where the platform lets them"
    );
}

#[test]
fn a_batch_knows_which_of_its_requests_carries_a_row() {
    let rows = [
        row(&sap(), "a", "X", Group::Active, only(&STOP, false)),
        row(&sap(), "b", "X", Group::Active, only(&CANCEL, false)),
        row(&sap(), "c", "X", Group::Active, nothing()),
    ];
    let batch = confirmed(plan(Action::CleanUp, &rows));
    let numbers = rows.each_ref().map(|row| batch.request_of(&row.key));
    assert_eq!(numbers, [Some(1), Some(2), None]);
}
