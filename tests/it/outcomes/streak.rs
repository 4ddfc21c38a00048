//! When a lane stops: `RELIABILITY.md` 3.

use centurion::domain::outcome::{Answer, Rejection};
use centurion::domain::streak::Streak;
use centurion::domain::text::Clean;

use super::rejection;

fn refused(reason: &str) -> Answer {
    Answer::Rejected(Rejection {
        reason: Clean::new(reason),
        ..rejection()
    })
}

/// After which of these answers the lane stops, and in which words.
fn stops(answers: &[Answer], single: bool) -> Option<(usize, String)> {
    let mut streak = Streak::default();
    let ends = answers
        .iter()
        .map(|answer| streak.stops_after(answer, single));
    (1..)
        .zip(ends)
        .find_map(|(place, end)| Some((place, end?.to_string())))
}

#[test]
fn three_failures_of_the_transport_in_a_row_stop_a_lane() {
    let lost = Answer::Unknown(Clean::new("cut"));
    let not_sent = Answer::NotSent(Clean::new("refused"));
    let scheduled = Answer::Scheduled { message: None };
    for single in [false, true] {
        let row = [lost.clone(), lost.clone(), not_sent.clone()];
        assert_eq!(stops(&row, single), Some((3, "refused".to_owned())));
        let between = [
            &lost,
            &lost,
            &scheduled,
            &lost,
            &lost,
            &refused("no"),
            &lost,
        ];
        assert_eq!(stops(&between.map(Clone::clone), single), None);
    }
}

#[test]
fn five_equal_refusals_of_single_calls_in_a_row_stop_a_lane() {
    let no = refused("no");
    let five = vec![no.clone(); 5];
    let words = "5 equal refusals: no".to_owned();
    assert_eq!(stops(&five, true), Some((5, words.clone())));
    assert_eq!(
        stops(&five, false),
        None,
        "a bulk call speaks of its own rows"
    );
    let mut between = vec![no.clone(); 4];
    between.push(refused("another"));
    between.extend(vec![no; 5]);
    assert_eq!(stops(&between, true), Some((10, words)));
}

#[test]
fn refusals_that_speak_of_their_row_alone_stop_nothing() {
    let of_row = Answer::Rejected(Rejection {
        of_row: true,
        ..rejection()
    });
    assert_eq!(stops(&vec![of_row; 9], true), None);
}
