//! What only a real terminal shows: the main job by the keys on screen, and the terminal given back.

use crate::pty::{Terminal, centurion};

/// A demo whose world moves fast enough for a test.
fn demo(size: (u16, u16)) -> Terminal {
    let mut terminal = centurion(&["demo", "--speed", "20"])
        .size(size.0, size.1)
        .run();
    terminal.until("every platform is live", |screen| {
        screen.matches('●').count() == 3
    });
    terminal
}

/// The text between two marks on screen.
fn between(screen: &str, start: &str, end: &str) -> String {
    let from = screen.find(start).expect("the start is on screen") + start.len();
    let rest = &screen[from..];
    rest[..rest.find(end).expect("the end is on screen")]
        .trim()
        .to_owned()
}

/// From a cold demo to a reached target, pressing only keys that the screen shows at that moment.
fn does_the_whole_job(filter: &str, rows: usize, size: (u16, u16)) {
    let mut terminal = demo(size);
    terminal.press_shown("/", "filter");
    terminal.until("the filter line is open", |screen| {
        screen.contains("enter keep")
    });
    terminal.type_text(filter);
    terminal.until("the filter is applied", |screen| screen.contains(filter));
    terminal.press_shown("enter", "keep");
    for marked in 1..=rows {
        terminal.press_shown("space", "mark");
        terminal.until("the mark is counted", |screen| {
            screen.contains(&format!("{marked} of 100"))
                || screen.contains(&format!("{marked}/100"))
        });
    }
    terminal.press_shown("x", "act");
    terminal.press_shown("s", "stop");
    terminal.until("the plan was read", |screen| screen.contains("to send:"));
    if terminal.text().contains("REASON") || terminal.text().contains("Reason") {
        terminal.until("the reason has the focus", |screen| {
            screen.contains("enter next")
        });
        terminal.type_text("INC-4812 runaway loops");
        terminal.press_shown("enter", "next");
    }
    terminal.until("the confirm line has the focus", |screen| {
        screen.contains("enter send")
    });
    terminal.until("the rows were read anew", |screen| {
        screen.contains("preflight")
    });
    let phrase = between(&terminal.text(), "Type ", "to send:");
    terminal.type_text(&phrase);
    terminal.press_shown("enter", "send");
    terminal.until("the results add up", |screen| screen.contains("SCHEDULED"));
    terminal.until("a target was read back", |screen| {
        screen.contains("✓ reached")
    });
    terminal.press_shown("esc", "back");
    terminal.press_shown("q", "quit");
    // While rows still move it asks first; where none does, nobody is left to hear this.
    terminal.type_text("\r");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn on_sap_ai_core_the_screen_leads_from_a_cold_start_to_a_reached_target() {
    does_the_whole_job("in:prod-eu kind:execution status:RUNNING", 2, (120, 35));
}

#[test]
fn on_run_ai_the_screen_leads_from_a_cold_start_to_a_reached_target() {
    does_the_whole_job("kind:training status:Running", 2, (120, 35));
}

#[test]
fn on_kubiya_the_screen_leads_from_a_cold_start_to_a_reached_target() {
    does_the_whole_job("in:agents !in:agents-lab status:running", 2, (120, 35));
}

#[test]
fn at_80_by_24_the_screen_leads_all_the_way_too() {
    does_the_whole_job("kind:training status:Running", 2, (80, 24));
}

#[test]
fn three_hundred_queued_keys_are_all_applied_in_fewer_than_thirty_draws() {
    let mut terminal = centurion(&["demo", "--rows", "2000"]).run();
    terminal.until("rows are listed", |screen| screen.contains("row 1/"));
    terminal.until("every source has answered", |screen| {
        screen.matches("live").count() >= 4
    });
    // Held, so that no refresh moves the cursor; the tab makes the list wait for its newest view.
    terminal.type_text("p");
    terminal.wait("refresh held");
    terminal.type_text("1");
    terminal.wait("[1 Executions");
    let before = terminal.frames();
    terminal.type_text(&"j".repeat(300));
    terminal.until("every key is applied", |screen| screen.contains("row 301/"));
    let drawn = terminal.frames() - before;
    assert!(drawn < 30, "{drawn} draws for 300 keys");
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    let mut terminal = centurion(&["demo"]).run();
    terminal.until("rows are listed", |screen| screen.contains("row 1/"));
    let taken = terminal.modes();
    assert!(taken.contains("-icanon") && terminal.is_alternate() && terminal.hides_cursor());
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
    assert_eq!(terminal.modes(), terminal.modes_before);
    assert!(!terminal.is_alternate() && !terminal.hides_cursor());
    assert!(
        terminal.raw.windows(8).any(|bytes| bytes == b"\x1b[?2004l"),
        "bracketed paste is off again"
    );
}

#[test]
fn sigterm_and_sighup_give_the_terminal_back_and_end_with_128_and_the_signal() {
    for (name, status) in [("TERM", 143), ("HUP", 129)] {
        let mut terminal = demo((120, 35));
        terminal.signal(name);
        assert_eq!(terminal.end(), status, "{name}");
        assert_eq!(terminal.modes(), terminal.modes_before, "{name}");
        assert!(
            !terminal.is_alternate() && !terminal.hides_cursor(),
            "{name}"
        );
    }
}

#[test]
fn a_terminal_that_is_too_small_is_told_so_and_the_marks_stay() {
    let mut terminal = demo((120, 35));
    terminal.press_shown("space", "mark");
    terminal.wait("1 of 100");
    terminal.resize(50, 10);
    terminal.until("it says so", |screen| screen.contains("60×15"));
    terminal.resize(120, 35);
    terminal.wait("1 of 100");
}

#[test]
fn without_a_usable_terminal_not_one_escape_byte_is_written() {
    for term in ["dumb", ""] {
        let mut terminal = centurion(&["demo"]).variable("TERM", term).run();
        assert_eq!(terminal.end(), 2);
        assert!(!terminal.raw.contains(&0x1b), "TERM={term:?}");
        assert!(terminal.text().contains("terminal"), "{}", terminal.text());
    }
}

#[test]
fn the_first_screen_goes_on_as_the_demo_in_the_same_terminal() {
    let mut terminal = centurion(&["--ascii", "--read-only"]).run();
    terminal.press_shown("4", "demo");
    terminal.wait("row 1/");
    let screen = terminal.text();
    let header = screen.lines().next().unwrap_or_default();
    assert!(
        header.contains("DEMO") && header.contains("read-only"),
        "{screen}"
    );
    assert!(screen.is_ascii(), "{screen}");
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
    assert_eq!(terminal.modes(), terminal.modes_before);
}

#[test]
fn t8_a_terminal_that_says_its_background_is_light_gets_colors_for_it() {
    let mut terminal = demo((120, 35));
    let asks = b"\x1b]11;?\x07";
    terminal.wait_until("it is asked", |terminal| {
        terminal.raw.windows(asks.len()).any(|bytes| bytes == asks)
    });
    terminal.type_text("\x1b]11;rgb:ffff/ffff/eeee\x1b\\");
    // Green, as it is drawn on white.
    terminal.wait_until("the colors are of the pair", |terminal| {
        let green = b"38;5;22";
        terminal
            .raw
            .windows(green.len())
            .any(|bytes| bytes == green)
    });
}
