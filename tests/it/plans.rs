//! What a plan promises, for any rows and any reads.

use std::collections::HashSet;
use std::sync::Arc;

use centurion::domain::action::{Action, Exclusion, Offers};
use centurion::domain::connection::PlatformId;
use centurion::domain::plan::{Account, LIMIT, NotConfirmed, Place, Plan, Reason};
use centurion::domain::resource::{Group, Key, Reading, Resource};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::fixture::{DELETE, STOP, TERMINATE, VERBS};
use crate::fixture::{
    candidate, confirmed, deployments, nothing, only, plan, row, running, sap, source,
};

fn offers() -> impl Strategy<Value = Offers> {
    prop_oneof![
        1 => Just(nothing()),
        6 => (0..VERBS.len(), any::<bool>()).prop_map(|(verb, guess)| only(VERBS[verb], guess)),
    ]
}

/// Rows of three sources on two connections, some of them the same row twice.
fn rows() -> impl Strategy<Value = Vec<Arc<Resource>>> {
    let one = (0..3_usize, 0..140_u32, offers()).prop_map(|(place, id, offers)| {
        let sources = [
            sap(),
            deployments(&sap()),
            source("lab", PlatformId::Kubiya, "*"),
        ];
        row(
            &sources[place],
            &format!("id-{id}"),
            "RUNNING",
            Group::Active,
            offers,
        )
    });
    prop::collection::vec(one, 0..160)
}

fn action() -> impl Strategy<Value = Action> {
    prop::sample::select(Action::ALL.to_vec())
}

fn sent(plan: &Plan) -> HashSet<Key> {
    let rows = plan.rows().iter().filter(|row| row.place.verb().is_some());
    rows.map(|row| row.row.key.clone()).collect()
}

proptest! {
    #[test]
    fn no_plan_holds_an_id_twice(rows in rows(), action in action()) {
        let plan = plan(action, &rows);
        let keys: HashSet<&Key> = plan.rows().iter().map(|row| &row.row.key).collect();
        prop_assert_eq!(keys.len(), plan.rows().len());
        let given: HashSet<&Key> = rows.iter().map(|row| &row.key).collect();
        prop_assert_eq!(keys, given);
    }

    #[test]
    fn the_three_groups_add_up_to_the_rows(rows in rows(), action in action()) {
        let plan = plan(action, &rows);
        let counts = plan.counts();
        prop_assert_eq!(counts.sendable() + counts.left_out, plan.rows().len());
        prop_assert!(counts.sendable() <= LIMIT);
    }

    #[test]
    fn requests_carry_each_sendable_row_once_and_never_more_than_a_hundred(rows in rows(), action in action()) {
        let plan = plan(action, &rows);
        let requests = plan.requests(Reason::new("why").as_ref());
        let mut carried = HashSet::new();
        for request in &requests {
            prop_assert!((1..=LIMIT).contains(&request.operations().len()));
            prop_assert_eq!(request.reason().is_some(), request.verb().needs_reason);
            for operation in request.operations() {
                prop_assert!(carried.insert(operation.key.clone()), "an id travels twice");
                prop_assert_eq!(&operation.key.source.connection, request.connection());
            }
        }
        prop_assert_eq!(carried, sent(&plan));
    }

    #[test]
    fn whatever_is_read_a_plan_only_shrinks(
        rows in rows(),
        action in action(),
        reads in prop::collection::vec((0..160_usize, 0..3_u8, offers()), 0..80),
    ) {
        let mut plan = plan(action, &rows);
        for (index, kind, offers) in reads {
            let Some(old) = rows.get(index) else { continue };
            let before: Vec<_> = plan.rows().iter().map(|row| row.place.verb()).collect();
            let found = row(&old.key.source, old.key.id.raw(), "OTHER", Group::Ended, offers);
            match kind {
                0 => plan.observe(&old.key, &Ok(Reading::Found(found))),
                1 => plan.observe(&old.key, &Ok(Reading::Gone)),
                _ => plan.not_read(&old.key, "no answer"),
            }
            for (row, before) in plan.rows().iter().zip(before) {
                let after = row.place.verb();
                prop_assert!(after.is_none() || after == before, "a row entered or changed its verb");
            }
        }
    }

    #[test]
    fn a_batch_sends_what_its_plan_showed(rows in rows(), action in action()) {
        let plan = plan(action, &rows);
        let shown = sent(&plan);
        prop_assume!(!shown.is_empty());
        let batch = confirmed(plan);
        let operations = batch.requests().iter().flat_map(centurion::domain::plan::Request::operations);
        let sent: HashSet<Key> = operations.map(|operation| operation.key.clone()).collect();
        prop_assert_eq!(sent, shown);
    }
}

#[test]
fn a_hundred_and_first_row_is_left_out_with_its_reason() {
    let rows: Vec<_> = (0..101)
        .map(|n| running(&sap(), &format!("e{n:03}")))
        .collect();
    let plan = plan(Action::Stop, &rows);
    assert_eq!(plan.counts().send, 100);
    assert!(matches!(
        plan.rows()[100].place,
        Place::LeftOut {
            why: Exclusion::OverTheLimit,
            ..
        }
    ));
}

#[test]
fn nothing_but_the_phrase_confirms() {
    let rows = [running(&sap(), "e1"), running(&sap(), "e2")];
    for typed in ["", "stop", "stop 1", "stop 3", "delete 2", "stop 22", "yes"] {
        let refused = plan(Action::Stop, &rows).confirm(typed, None, Timestamp::UNIX_EPOCH);
        assert_eq!(
            refused.expect_err("not the phrase").1,
            NotConfirmed::PhraseDiffers,
            "{typed}"
        );
    }
    let batch = plan(Action::Stop, &rows).confirm("stop 2", None, Timestamp::UNIX_EPOCH);
    assert_eq!(batch.expect("the phrase").requests().len(), 1);
}

#[test]
fn a_protected_connection_is_part_of_the_phrase_only_while_it_is_touched() {
    let (prod, lab) = (
        running(&sap(), "e1"),
        running(&source("lab", PlatformId::SapAiCore, "x"), "e2"),
    );
    let account = |name: &Arc<Resource>, protected| Account {
        connection: name.key.source.connection.clone(),
        platform: PlatformId::SapAiCore,
        host: "h".into(),
        url: "https://h".into(),
        account: None,
        protected,
    };
    let accounts = vec![account(&prod, true), account(&lab, false)];
    let candidates = vec![candidate(&prod), candidate(&lab)];
    let mut plan = Plan::propose(Action::Stop, candidates, accounts, Timestamp::UNIX_EPOCH);
    assert_eq!(plan.phrase().as_deref(), Some("stop 2 prod"));
    assert!(plan.toggle(&prod.key));
    assert_eq!(plan.phrase().as_deref(), Some("stop 1"));
}

#[test]
fn what_was_typed_stays_valid_when_the_plan_shrinks_by_itself_but_not_when_the_operator_changes_it()
{
    let rows = [
        running(&sap(), "e1"),
        running(&sap(), "e2"),
        running(&sap(), "e3"),
    ];
    let mut plan = plan(Action::Stop, &rows);
    plan.observe(&rows[0].key, &Ok(Reading::Gone));
    assert!(plan.accepts("stop 3") && plan.accepts("stop 2"));
    assert!(plan.toggle(&rows[1].key));
    assert!(plan.accepts("stop 1") && !plan.accepts("stop 3") && !plan.accepts("stop 2"));
}

#[test]
fn a_row_that_could_not_be_read_comes_back_by_hand_and_stays() {
    let row = running(&sap(), "e1");
    let mut plan = plan(Action::Stop, std::slice::from_ref(&row));
    plan.not_read(&row.key, "not read since 09:41");
    assert_eq!(plan.counts().sendable(), 0);
    assert!(plan.toggle(&row.key));
    plan.not_read(&row.key, "not read since 09:42");
    assert_eq!(plan.counts().sendable(), 1, "the operator vouched for it");
}

#[test]
fn a_row_that_is_gone_or_whose_source_is_down_cannot_be_put_back() {
    let row = running(&sap(), "e1");
    let mut gone = plan(Action::Stop, std::slice::from_ref(&row));
    gone.observe(&row.key, &Ok(Reading::Gone));
    assert!(!gone.toggle(&row.key));
    let mut down = plan(Action::Stop, std::slice::from_ref(&row));
    down.bar(&row.key, Exclusion::SourceDown, "down");
    assert!(!down.toggle(&row.key));
}

#[test]
fn a_stop_plan_in_which_a_row_is_to_be_deleted_is_confirmed_as_a_clean_up() {
    let both = Offers {
        delete: only(&DELETE, false).delete,
        ..only(&STOP, false)
    };
    let rows = [
        running(&sap(), "e1"),
        row(&sap(), "e2", "RUNNING", Group::Active, both),
    ];
    let mut plan = plan(Action::Stop, &rows);
    assert!(
        !plan.retarget(&rows[0].key),
        "its status allows nothing else"
    );
    assert!(plan.retarget(&rows[1].key));
    assert_eq!(plan.phrase().as_deref(), Some("clean up 2"));
    assert!(!plan.accepts("stop 2"));
}

#[test]
fn rows_that_wait_for_a_reason_hold_the_plan_back_until_there_is_one() {
    let lab = source("lab", PlatformId::Kubiya, "*");
    let rows = [row(
        &lab,
        "k1",
        "running",
        Group::Active,
        only(&TERMINATE, false),
    )];
    let refused =
        plan(Action::Stop, &rows).confirm("stop 1", Reason::new("  "), Timestamp::UNIX_EPOCH);
    assert_eq!(
        refused.expect_err("no reason").1,
        NotConfirmed::ReasonMissing(1)
    );
    assert!(Reason::new(&"x".repeat(500)).is_some() && Reason::new(&"x".repeat(501)).is_none());
    assert!(
        Reason::new(&"🙂".repeat(500)).is_some(),
        "characters are counted, not bytes"
    );
}
