//! What a report tells of requests that left without an answer, and of a batch that another run sent.

use centurion::domain::action::{Action, Exclusion};
use centurion::domain::outcome::Outcome;
use centurion::domain::report::{Fate, Report, ReportRow};
use centurion::domain::resource::Group;
use centurion::domain::text::Clean;
use centurion::domain::tracking::Tracking;

use super::at;
use crate::fixture::{CANCEL, STOP, confirmed, nothing, only, plan, row, sap};

#[test]
fn what_left_without_an_answer_is_unknown_and_what_did_not_leave_is_left_out() {
    let offers = [only(&CANCEL, false), only(&CANCEL, false), nothing()];
    let rows: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .zip(offers)
        .map(|(id, offers)| row(&sap(), id, "RUNNING", Group::Active, offers))
        .collect();
    let mut report = Report::waiting_for(&confirmed(plan(Action::Stop, &rows)));
    report.sent(2);
    let fates = report.rows().iter().map(|row| row.fate() == &Fate::Sent);
    assert_eq!(fates.collect::<Vec<_>>(), [false, true, false]);
    report.close(Exclusion::Cancelled, &Clean::new("over"), at(1));
    let outcomes: Vec<_> = report.rows().iter().map(ReportRow::outcome).collect();
    let (left_out, unknown) = (
        Outcome::LeftOut(Exclusion::Cancelled, Clean::new("over")),
        Outcome::Unknown(Clean::new("over")),
    );
    assert_eq!(outcomes[..2], [Some(&left_out), Some(&unknown)]);
    let tracked = report.rows().iter().map(|row| row.track().is_some());
    assert_eq!(tracked.collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(report.tracked(Tracking::Waiting), 1);
    assert_eq!(report.tracked(Tracking::Moving), 0);
}

#[test]
fn a_batch_of_another_run_goes_on_from_what_was_seen_last() {
    let sent = row(&sap(), "a", "RUNNING", Group::Active, only(&STOP, false));
    let seen = Some((Tracking::Slow, Clean::new("STOPPING")));
    let fate = Fate::Known(Outcome::Scheduled { message: None });
    let row = ReportRow::earlier(sent.clone(), Some(&STOP), Some(1), fate, seen, at(0));
    let track = row.track().expect("it was sent");
    assert_eq!(
        (row.tracking(), track.last_word()),
        (Some(Tracking::Slow), Some(&Clean::new("STOPPING")))
    );
    let row = ReportRow::earlier(sent, Some(&STOP), Some(1), Fate::Sent, None, at(0));
    assert_eq!((row.fate(), row.tracking()), (&Fate::Sent, None));
}
