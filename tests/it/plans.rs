//! What a plan promises, for any rows and any reads.

use std::collections::HashSet;
use std::sync::Arc;

use centurion::domain::action::{Action, Exclusion, Offers};
use centurion::domain::connection::PlatformId;
use centurion::domain::plan::{Account, LIMIT, NotConfirmed, Place, Plan, Reason};
use centurion::domain::resource::{Group, Key, Reading, Resource};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::fixture::{CANCEL, DELETE, RESUME, STOP, SUSPEND, TERMINATE, VERBS};
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
        Reason::new("\u{200b}\u{ad}").is_none(),
        "nothing to read in it"
    );
    assert!(
        Reason::new(&"🙂".repeat(500)).is_some(),
        "characters are counted, not bytes"
    );
}

#[test]
fn a_batch_keeps_what_its_plan_was_confirmed_with() {
    let rows = [running(&sap(), "e1")];
    let account = Account {
        connection: rows[0].key.source.connection.clone(),
        platform: PlatformId::SapAiCore,
        host: "h".into(),
        url: "https://h".into(),
        account: None,
        protected: false,
    };
    let (made, confirmed) = (Timestamp::from_second(7), Timestamp::from_second(9));
    let (made, confirmed) = (made.expect("a time"), confirmed.expect("a time"));
    let candidates = rows.iter().map(candidate).collect();
    let plan = Plan::propose(Action::Stop, candidates, vec![account.clone()], made);
    assert_eq!(
        (plan.frozen(), plan.accounts()),
        (made, &[account.clone()][..])
    );
    let plan = plan.following(Some("2026-11-22-0007".to_owned()));
    let batch = plan.confirm("stop 1", Reason::new(" why "), confirmed);
    let batch = batch.expect("the phrase");
    assert_eq!(
        (batch.action(), batch.confirmed()),
        (Action::Stop, confirmed)
    );
    assert_eq!(batch.accounts(), [account]);
    assert_eq!(batch.follows(), Some("2026-11-22-0007"));
    assert_eq!(
        batch.reason().map(|reason| reason.words().as_str()),
        Some("why")
    );
    assert_eq!(batch.request_of(&rows[0].key), Some(1));
    assert_eq!(batch.requests()[0].platform(), PlatformId::SapAiCore);
}

#[test]
fn the_phrase_says_what_is_done() {
    let of = |action, verb| {
        let rows = [row(&sap(), "e1", "X", Group::Active, only(verb, false))];
        plan(action, &rows).phrase()
    };
    assert_eq!(of(Action::Delete, &DELETE).as_deref(), Some("delete 1"));
    assert_eq!(of(Action::CleanUp, &DELETE).as_deref(), Some("clean up 1"));
    assert_eq!(of(Action::Resume, &RESUME), None, "enter alone confirms");
}

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
            .map(centurion::domain::plan::Request::number)
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

/// The words with which a fresh read takes a row out of a plan; none where it stays.
fn read_anew(guess: bool, word: &str, offers: Offers) -> Option<String> {
    let planned = row(&sap(), "e1", "RUNNING", Group::Active, only(&STOP, guess));
    let mut plan = plan(Action::Stop, std::slice::from_ref(&planned));
    let found = row(&sap(), "e1", word, Group::Active, offers);
    plan.observe(&planned.key, &Ok(Reading::Found(found)));
    match plan.rows()[0].place.clone() {
        Place::Send(_) | Place::ServerDecides(..) => None,
        Place::LeftOut { why, words } => {
            assert_eq!(why, Exclusion::Changed);
            assert!(!plan.rows()[0].may_return() && !plan.toggle(&planned.key));
            Some(words.to_string())
        }
    }
}

#[test]
fn a_fresh_read_leaves_out_what_would_no_longer_be_sent_as_planned_and_says_why() {
    assert_eq!(read_anew(false, "PENDING", only(&STOP, false)), None);
    assert_eq!(read_anew(true, "RUNNING", only(&STOP, true)), None);
    assert_eq!(read_anew(true, "RUNNING", only(&STOP, false)), None);
    let left = |guess, word, offers| read_anew(guess, word, offers).expect("left out");
    assert_eq!(left(false, "RUNNING", only(&STOP, true)), "a guess");
    assert_eq!(left(true, "RUNNING", only(&CANCEL, true)), "a guess");
    assert_eq!(
        left(false, "RUNNING", only(&CANCEL, false)),
        "would now be sent as cancel"
    );
    assert_eq!(
        left(false, "DEAD", nothing()),
        "RUNNING when planned, DEAD now: not offered"
    );
}

#[test]
fn another_row_in_the_place_of_the_one_asked_for_counts_as_not_read() {
    let rows = [running(&sap(), "e1")];
    let mut plan = plan(Action::Stop, &rows);
    plan.observe(&rows[0].key, &Ok(Reading::Found(running(&sap(), "e2"))));
    let why = &plan.rows()[0].place;
    assert!(
        matches!(
            why,
            Place::LeftOut {
                why: Exclusion::NotReadAgain,
                ..
            }
        ),
        "{why:?}"
    );
    assert!(plan.rows()[0].may_return());
}

#[test]
fn only_a_row_that_was_put_back_after_a_failed_read_is_vouched_for() {
    let rows = [running(&sap(), "e1")];
    let mut plan = plan(Action::Stop, &rows);
    assert!(plan.toggle(&rows[0].key) && plan.toggle(&rows[0].key));
    plan.not_read(&rows[0].key, "no answer");
    assert_eq!(plan.counts().sendable(), 0);
}

#[test]
fn a_row_is_moved_between_stop_and_delete_where_both_are_offered() {
    let both = Offers {
        delete: only(&DELETE, false).delete,
        ..only(&STOP, false)
    };
    let rows = [
        row(&sap(), "e1", "X", Group::Active, both),
        row(&sap(), "e2", "X", Group::Paused, only(&RESUME, false)),
    ];
    let mut stop = plan(Action::Stop, &rows);
    assert!(stop.retarget(&rows[0].key) && stop.rows()[0].place == Place::Send(&DELETE));
    assert!(stop.retarget(&rows[0].key) && stop.rows()[0].place == Place::Send(&STOP));
    assert!(!stop.retarget(&rows[1].key), "it is left out");
    assert!(!plan(Action::Resume, &rows).retarget(&rows[1].key));
}
