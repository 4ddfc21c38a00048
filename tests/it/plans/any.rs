//! For any rows and any reads.

use std::collections::HashSet;
use std::sync::Arc;

use centurion::domain::action::{Action, Offers};
use centurion::domain::connection::PlatformId;
use centurion::domain::plan::{LIMIT, Plan, Reason, Request};
use centurion::domain::resource::{Group, Key, Reading, Resource};
use proptest::prelude::*;

use crate::fixture::{VERBS, confirmed, deployments, nothing, only, plan, row, sap, source};

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
        let operations = batch.requests().iter().flat_map(Request::operations);
        let sent: HashSet<Key> = operations.map(|operation| operation.key.clone()).collect();
        prop_assert_eq!(sent, shown);
    }
}
