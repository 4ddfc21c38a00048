//! What must be typed, and what the batch then is.

use std::sync::Arc;

use centurion::domain::action::{Action, Offers};
use centurion::domain::connection::PlatformId;
use centurion::domain::plan::{Account, NotConfirmed, Plan, Reason};
use centurion::domain::resource::{Group, Reading, Resource};
use jiff::Timestamp;

use crate::fixture::{
    DELETE, RESUME, STOP, TERMINATE, candidate, only, plan, row, running, sap, source,
};

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
fn only_a_clean_up_says_how_many_rows_each_step_is_taken_on() {
    let one = |id, verb| row(&sap(), id, "X", Group::Active, only(verb, false));
    let rows = [one("e1", &STOP), one("e2", &DELETE), one("e3", &STOP)];
    let steps = |action, rows: &[_]| plan(action, rows).steps();
    assert_eq!(
        steps(Action::CleanUp, &rows).as_deref(),
        Some("2 stop · 1 delete")
    );
    assert_eq!(
        steps(Action::CleanUp, &rows[1..2]).as_deref(),
        Some("1 delete")
    );
    assert_eq!(steps(Action::CleanUp, &[]), None, "nothing is sent");
    assert_eq!(steps(Action::Stop, &rows), None, "the word says it");
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
