//! What may be asked of a row in each status (`specs/sap-ai-core.md` 3 and 4), by the rows as they are listed.

use centurion::domain::action::{Action, Offer};
use centurion::domain::resource::{Group, Resource};
use serde_json::{Value, json};

use super::{Sap, json_answer, row};

/// The row of that status and target.
async fn listed(status: &str, target: Value) -> Resource {
    let mut row = row("e001", status);
    row["targetStatus"] = target;
    let sap = Sap::with_bulk(move |_, _| json_answer(200, &json!({"resources": [row]}))).await;
    sap.rows().await.swap_remove(0)
}

fn answer(row: &Resource, action: Action) -> String {
    match row.offers.to(action) {
        Offer::Yes(verb) => verb.word.to_owned(),
        Offer::ServerDecides(verb, _) => format!("{}?", verb.word),
        Offer::No(why, _) => format!("{why:?}"),
    }
}

#[tokio::test]
async fn each_status_allows_what_the_table_of_the_platform_says() {
    let table = [
        ("UNKNOWN", ["NotOffered", "DELETED", "NotOffered"]),
        ("PENDING", ["STOPPED", "StopFirst", "STOPPED"]),
        ("RUNNING", ["STOPPED", "StopFirst", "STOPPED"]),
        ("STOPPING", ["InTransition", "InTransition", "InTransition"]),
        ("STOPPED", ["AlreadyThere", "DELETED", "DELETED"]),
        ("COMPLETED", ["NotOffered", "DELETED?", "NotOffered"]),
        ("DEAD", ["NotOffered", "DELETED", "DELETED"]),
        ("DELETING", ["STOPPED?", "DELETED?", "STOPPED?"]),
        ("", ["STOPPED?", "DELETED?", "STOPPED?"]),
    ];
    for (status, expected) in table {
        let row = listed(status, json!(null)).await;
        let actions = [Action::Stop, Action::Delete, Action::CleanUp];
        let answers = actions.map(|action| answer(&row, action));
        assert_eq!(answers, expected, "{status}");
        assert_eq!(answer(&row, Action::Resume), "NotOffered");
    }
}

#[tokio::test]
async fn a_row_that_is_being_deleted_takes_nothing_whatever_its_status() {
    for status in ["STOPPED", "DEAD", "RUNNING", "anything"] {
        let row = listed(status, json!("DELETED")).await;
        assert_eq!(row.status.group, Group::Moving);
        for action in [Action::Stop, Action::Delete, Action::CleanUp] {
            assert_eq!(answer(&row, action), "InTransition");
        }
    }
    let stopped = listed("STOPPED", json!("STOPPED")).await;
    assert_eq!(stopped.status.group, Group::Ended);
}

#[tokio::test]
async fn a_clean_up_keeps_what_completed_and_what_may_have_just_been_created_and_says_so() {
    for (status, expected) in [
        (
            "COMPLETED",
            "clean up keeps COMPLETED rows; delete takes them",
        ),
        (
            "UNKNOWN",
            "UNKNOWN may have just been created; delete takes it",
        ),
    ] {
        let row = listed(status, json!(null)).await;
        let Offer::No(_, why) = row.offers.to(Action::CleanUp) else {
            panic!("{status} is cleaned up")
        };
        assert_eq!(why, expected);
    }
}
