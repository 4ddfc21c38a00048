//! Every screen, drawn from a model that was driven by messages and keys.

mod confirming;
pub(crate) mod fixture;
mod list;
mod pictures;
pub(crate) mod rows;
pub(crate) mod scenes;
mod sweeps;

use regex::Regex;

/// Local times differ from machine to machine; their width does not.
fn without_times(screen: &str) -> String {
    let seconds = Regex::new(r"\d\d:\d\d:\d\d").expect("a good pattern");
    let minutes = Regex::new(r"as of \d\d:\d\d").expect("a good pattern");
    let screen = seconds.replace_all(screen, "hh:mm:ss");
    minutes.replace_all(&screen, "as of hh:mm").into_owned()
}

#[test]
fn every_screen_looks_as_it_was_agreed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for (name, scene) in scenes::all() {
        for size in [(80, 24), (120, 35)] {
            let screen = without_times(&scene(size).screen());
            insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), screen);
        }
    }
}
