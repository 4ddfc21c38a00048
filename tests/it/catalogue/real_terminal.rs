//! What only the real binary in a real terminal shows (T, C).

use std::path::PathBuf;
use std::time::{Duration, Instant};

use centurion::journal::{Departure, Journal, State};

use super::{AGENTS, TRAININGS};
use crate::pty::{Start, Terminal, centurion};

fn shown(start: Start) -> Terminal {
    let mut terminal = start.run();
    terminal.until("rows are listed", |screen| screen.contains("row 1/"));
    terminal
}

fn demo() -> Terminal {
    shown(centurion(&["demo"]))
}

/// How often the alternate screen was entered.
fn entries(terminal: &Terminal) -> usize {
    let entering = terminal
        .raw
        .windows(8)
        .filter(|bytes| bytes == b"\x1b[?1049h");
    entering.count()
}

/// The journal of a demo in that terminal.
fn journal(terminal: &Terminal) -> Journal {
    let folder: PathBuf = terminal.home.path().join(".local/state/centurion");
    Journal::open(folder.join("demo-journal"))
}

/// The terminal is as it was before the program, and tells why it ended.
fn assert_given_back_with(terminal: &Terminal, words: &str) {
    assert_eq!(terminal.modes(), terminal.modes_before);
    assert!(!terminal.is_alternate() && !terminal.hides_cursor());
    let left = terminal.raw.windows(8).rposition(|b| b == b"\x1b[?2004l");
    assert!(left.is_some(), "bracketed paste is off again");
    let screen = terminal.text();
    assert!(screen.contains(words), "{words:?} in\n{screen}");
}

#[test]
fn t11_a_panic_while_drawing_gives_the_terminal_back_with_its_message() {
    let mut terminal = centurion(&["demo"])
        .variable("CENTURION_DRILL", "panic draw 9")
        .run();
    assert_eq!(terminal.end(), 101);
    assert_given_back_with(&terminal, "a fault of the program at src/");
    assert!(terminal.text().contains("a drill at draw"));
}

#[test]
fn t11_a_panic_while_a_panic_is_reported_gives_the_terminal_back_too() {
    let mut terminal = centurion(&["demo"])
        .variable("CENTURION_DRILL", "panic draw 9, panic hook")
        .run();
    assert_ne!(terminal.end(), 0);
    assert_given_back_with(&terminal, "panicked while processing panic");
}

#[test]
fn t11_a_panic_in_a_task_gives_the_terminal_back_and_the_journal_is_whole() {
    for (filter, step, left) in [
        (TRAININGS, "write-sending", Departure::NotLeft),
        (AGENTS, "write-answer", Departure::Left),
    ] {
        let demo = centurion(&["demo", "--faults", "none"]);
        let drill = format!("panic {step}");
        let mut terminal = shown(demo.variable("CENTURION_DRILL", &drill));
        terminal.plan("s", filter, 2);
        terminal.type_text("\r");
        assert_eq!(terminal.end(), 101, "{step}");
        assert_given_back_with(&terminal, &format!("a drill at {step}"));
        let past = journal(&terminal).batches(1).expect("readable").remove(0);
        assert_eq!((past.state, past.problems.len()), (State::Unfinished, 0));
        assert_eq!(past.rows.len(), 2);
        assert!(past.rows.iter().all(|row| row.departure == left), "{step}");
    }
}

#[test]
fn t13_a_closed_window_ends_the_program_at_once_and_without_a_spin() {
    let idle = demo();
    let stuck = demo();
    stuck.hold();
    for terminal in [idle, stuck] {
        let (status, ticks) = terminal.close_window();
        assert_eq!(status, 129);
        assert!(
            ticks < 100,
            "{ticks} hundredths of a second of processor time"
        );
    }
}

#[test]
fn t13_a_window_that_is_closed_without_a_signal_is_noticed() {
    let terminal = shown(centurion(&["demo"]).unsignalled());
    let (status, ticks) = terminal.close_window();
    assert_eq!(status, 129);
    assert!(
        ticks < 300,
        "{ticks} hundredths of a second of processor time"
    );
}

/// Looks again and again until it is so.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn t15_while_the_terminal_takes_no_bytes_the_batch_goes_on_to_its_end_and_is_painted_after() {
    let mut terminal = shown(centurion(&["demo", "--faults", "none", "--speed", "50"]));
    terminal.plan("s", TRAININGS, 2);
    terminal.hold();
    // More than any terminal keeps for a reader that does not come.
    for columns in 0..60 {
        terminal.resize(100 + columns % 30, 35);
    }
    terminal.type_text("\r");
    let journal = journal(&terminal);
    eventually("the batch has ended", || {
        let past = journal.batches(1).expect("readable");
        past.first().is_some_and(|past| past.state == State::Ended)
    });
    terminal.resize(120, 35);
    terminal.release();
    terminal.until("the end is painted", |screen| {
        screen.matches("✓ reached").count() >= 2
    });
    terminal.type_text("q");
}

/// The footer of the list.
const LIST: &str = "? help  q quit";

/// Keys that open each screen from the list, and what shows that it is there.
const SCREENS: [(&str, &str); 12] = [
    ("", LIST),
    ("?", "keys: list"),
    ("s", "─ status ─"),
    ("o", "─ sort by ─"),
    ("/", "enter keep"),
    ("v", " RANGE "),
    ("a", "a batch holds 100"),
    ("x", "enter plan"),
    ("\r", "esc back"),
    ("xs", "enter send"),
    ("xs\t", "to send:"),
    ("xs\tc", "requests of this plan"),
];

/// Presses a key and waits until another place is reached, which shows other keys.
fn go(terminal: &mut Terminal, key: &str) {
    let footer = |screen: &str| screen.lines().last().map(str::to_owned);
    let before = footer(&terminal.text());
    terminal.type_text(key);
    terminal.until("another place is reached", |screen| {
        footer(screen) != before
    });
}

fn back_to_the_list(terminal: &mut Terminal) {
    while !terminal.text().contains(LIST) {
        go(terminal, "\x1b");
    }
}

#[test]
fn t1_t16_storms_of_sizes_and_pastes_leave_every_screen_as_it_was() {
    let mut terminal = demo();
    terminal.plan("s", TRAININGS, 1);
    back_to_the_list(&mut terminal);
    terminal.type_text("\x1b");
    terminal.until("no filter is left", |screen| !screen.contains("/in:"));
    for (keys, marker) in SCREENS {
        for key in keys.chars() {
            go(&mut terminal, &key.to_string());
        }
        terminal.wait(marker);
        let sizes = [(1, 1), (2, 2), (20, 5), (400, 100), (59, 14), (80, 24)];
        for (columns, rows) in sizes.repeat(5) {
            terminal.resize(columns, rows);
        }
        let bomb = "axs\rstop 1\r\ry\rq\x1b[A".repeat(2_000);
        terminal.type_text(&format!("\x1b[200~{bomb}\x1b[201~"));
        terminal.resize(120, 35);
        terminal.until("it is painted anew", |screen| {
            screen.contains(marker) && screen.lines().count() == 35
        });
        // A size that was not there before: what is shown after it is of no earlier size.
        terminal.resize(58, 13);
        terminal.wait("58×13");
        terminal.resize(120, 35);
        terminal.wait(marker);
        back_to_the_list(&mut terminal);
    }
    assert!(terminal.text().contains("SELECTED 1 of 100"));
    assert!(journal(&terminal).batches(1).expect("readable").is_empty());
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn t17_a_whole_job_that_is_typed_ahead_sends_nothing() {
    let mut terminal = demo();
    terminal.until("every platform is live", |screen| {
        screen.matches('●').count() == 3
    });
    terminal.type_text("/kind:training status:Running\rg xsstop 1\r\r\r");
    terminal.wait("to send:");
    terminal.wait("preflight");
    assert!(journal(&terminal).batches(1).expect("readable").is_empty());
    assert!(!terminal.text().contains("stop 1▏"));
}

#[test]
fn t12_ctrl_z_gives_the_terminal_back_and_fg_paints_it_anew() {
    let mut terminal = shown(centurion(&["demo"]).under_a_shell());
    terminal.type_text("\x1a");
    terminal.until("it is stopped", |screen| !screen.contains("row 1/"));
    assert!(!terminal.is_alternate() && !terminal.hides_cursor());
    terminal.wait_until_stopped();
    let modes = terminal.modes();
    assert!(
        !modes.contains("-icanon") && !modes.contains("-echo "),
        "{modes}"
    );
    terminal.signal("CONT");
    terminal.wait("row 1/");
    assert!(terminal.is_alternate() && terminal.modes().contains("-icanon"));
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn t12_without_a_shell_to_come_back_from_it_is_not_suspended() {
    let mut terminal = demo();
    terminal.type_text("\x1a");
    terminal.wait("not suspended");
    assert!(terminal.is_alternate());
}

#[test]
fn t12_stopped_from_outside_it_is_painted_anew_when_it_goes_on() {
    let mut terminal = demo();
    let before = entries(&terminal);
    terminal.signal("STOP");
    terminal.signal("CONT");
    terminal.wait_until("the screen is taken anew", |terminal| {
        entries(terminal) > before
    });
    terminal.wait("row 1/");
}

#[test]
fn t14_sigint_closes_the_dialog_first_and_leaves_then() {
    let mut terminal = demo();
    terminal.press_shown("x", "act");
    terminal.wait("enter plan");
    terminal.signal("INT");
    terminal.until("the menu is closed", |screen| {
        !screen.contains("enter plan")
    });
    terminal.signal("INT");
    assert_eq!(terminal.end(), 130);
    assert!(!terminal.is_alternate());
    let mut terminal = demo();
    terminal.type_text("\x03");
    assert_eq!(terminal.end(), 0, "the key leaves as q does");
}

#[test]
fn t16_a_bracketed_paste_is_no_keys() {
    let mut terminal = demo();
    terminal.type_text("\x1b[200~axs\ry\rq\x1b[201~");
    terminal.type_text("/");
    terminal.wait("enter keep");
    let screen = terminal.text();
    assert!(screen.contains("SELECTED 0 of 100"), "{screen}");
}

#[test]
fn t18_t19_replies_of_the_terminal_mouse_and_focus_reports_are_not_typed() {
    let mut terminal = demo();
    terminal.type_text("/");
    terminal.wait("enter keep");
    for report in [
        "\x1b[<0;10;10M",
        "\x1b[I",
        "\x1b[O",
        "\x1b[12;40R",
        "\x1b[?62;22c",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    ] {
        terminal.type_text(report);
        // In a piece of its own, as a terminal sends it.
        terminal.type_text("z");
    }
    terminal.wait("zzzzzz");
}

#[test]
fn t18_the_end_of_a_reply_that_arrives_in_two_pieces_is_no_key() {
    let mut terminal = demo();
    terminal.type_text("/");
    terminal.wait("enter keep");
    terminal.type_text("zz\x1b]11;rgb:1e1e/1e1e/1e1e\x1b");
    // What is drawn at the new size was told after the first piece.
    terminal.resize(100, 30);
    terminal.wait_until("it is drawn at the new size", |terminal| {
        terminal.text().lines().count() <= 30 && terminal.text().contains("enter keep")
    });
    terminal.type_text("\\");
    terminal.type_text("yy");
    terminal.wait("zzyy");
    terminal.type_text("\x1b]11;rgb:\x03");
    terminal.wait_until("ctrl-c closed the filter", |terminal| {
        !terminal.text().contains("enter keep")
    });
}

#[test]
fn t7_in_a_locale_without_unicode_every_byte_is_ascii() {
    let mut terminal = shown(centurion(&["demo"]).variable("LANG", "C"));
    terminal.type_text("q");
    terminal.end();
    assert!(terminal.raw.is_ascii());
}

#[test]
fn t23_flag_and_variable_refuse_every_change_and_say_which() {
    for start in [
        centurion(&["demo", "--read-only"]),
        centurion(&["demo"]).variable("CENTURION_READ_ONLY", "1"),
    ] {
        let mut terminal = shown(start);
        terminal.type_text(" x");
        terminal.wait("enter plan");
        assert!(terminal.text().contains("read-only: --read-only or"));
    }
}

#[test]
fn c12_the_demo_loads_no_real_connection() {
    let demo = centurion(&["demo"])
        .variable("RUNAI_BASE_URL", "https://127.0.0.1:1")
        .variable("RUNAI_CLIENT_ID", "app")
        .variable("RUNAI_CLIENT_SECRET", "canary-9f1c");
    let mut terminal = shown(demo);
    terminal.wait("DEMO");
    terminal.type_text("/in:run-ai\r");
    terminal.wait("0 of");
    terminal.type_text("q");
    terminal.end();
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("canary-9f1c"));
}

#[test]
fn c1_without_a_connection_the_first_screen_says_that_nothing_was_contacted() {
    let mut terminal = centurion(&[]).run();
    terminal.wait("No connection yet. Nothing has been contacted.");
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn j8_without_a_usable_journal_the_list_works_and_the_plan_says_why_nothing_can_be_sent() {
    let start = centurion(&["demo"]).variable("XDG_STATE_HOME", "/dev/null");
    let mut terminal = shown(start);
    terminal.type_text("xs");
    terminal.wait("nothing can be sent");
    terminal.wait("/dev/null");
}

#[test]
fn c10_the_process_leaves_no_core_dump() {
    let terminal = demo();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", terminal.pid()));
    let limits = limits.expect("the process runs");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = core.expect("a limit").split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{words:?}");
}
