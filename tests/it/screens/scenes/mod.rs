//! One scene a screen: where one comes from, and the keys that lead there.

pub(crate) mod list;
mod plan;
pub(crate) mod results;

use super::fixture::Scene;

pub(crate) use list::ids;
pub(crate) use plan::plan;
pub(crate) use results::{results, results_sending, sent_keys};

pub(crate) type Size = (u16, u16);

/// A screen's name, what comes before it, and the keys pressed then.
type Way = (&'static str, fn(Size) -> Scene, &'static str);

const WAYS: &[Way] = &[
    ("first_run", Scene::empty, ""),
    ("connecting", Scene::starting, ""),
    ("list", Scene::listed, ""),
    ("list_marked", marked, ""),
    ("list_in_trouble", list::in_trouble, ""),
    ("list_range", Scene::listed, "<space><down>v<down><down>"),
    ("list_filter", Scene::listed, "/llama"),
    ("list_filter_complaint", Scene::listed, "/age>x"),
    ("list_no_match", Scene::listed, "/lamma<enter>"),
    ("list_only_marked", marked, "m"),
    ("list_notices", list::notices, ""),
    ("list_wide", Scene::listed, "!w"),
    ("detail", detail, ""),
    ("detail_parts", list::detail_parts, ""),
    ("logs", list::logs, ""),
    ("logs_search", list::logs, "/killing<enter>n/node"),
    ("menu", menu, ""),
    ("menu_one_platform", Scene::listed, "3ax"),
    ("statuses", Scene::listed, "s<down><space>"),
    ("sort", Scene::listed, "o<down>"),
    ("too_many", list::too_many, ""),
    ("palette", Scene::listed, ":s<down>"),
    ("palette_unknown", Scene::listed, ":sorces"),
    ("ids", ids, ""),
    ("ids_missing", list::ids_missing, ""),
    ("sources", list::sources, ""),
    ("messages", list::notices, "Rm:messages<enter>"),
    ("help", Scene::listed, "?"),
    ("plan_reading", plan::plan_reading, ""),
    ("plan", plan, ""),
    ("plan_rows", plan, "<tab><down><space><down><down>"),
    ("plan_complaint", plan, "<enter>"),
    ("plan_resume", plan::plan_resume, ""),
    ("plan_wire", plan::plan_wire, ""),
    ("plan_busy", plan::plan_busy, ""),
    ("plan_find", plan, "<tab>/notebook"),
    ("plan_find_nothing", plan, "<tab>/no such row<enter>"),
    ("plan_clean_up", plan::plan_clean_up, ""),
    ("plan_of_nothing", Scene::listed, "3axd"),
    ("results_sending", results::results_sending, ""),
    ("results", results, ""),
    ("results_left", results, "<esc>"),
    ("results_folds", results::results_folds, ""),
    ("results_row", results, "<down><down><enter>"),
    ("results_out_of_reach", results::results_out_of_reach, ""),
    ("results_notices", results::results_notices, ""),
    ("results_journal", results::results_journal, ""),
    ("export", results, "e"),
    ("batches", results, "B"),
    ("batches_earlier", results::batches_earlier, ""),
    ("quit", results, "<esc>q"),
];

/// Every screen by name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, impl Fn(Size) -> Scene)> {
    WAYS.iter().map(|&(name, from, keys)| {
        let scene = move |size| {
            let mut scene = from(size);
            scene.press(keys);
            scene
        };
        (name, scene)
    })
}

/// The screen of that name.
pub(crate) fn named(name: &str, size: Size) -> Scene {
    let (_, scene) = all()
        .find(|(known, _)| *known == name)
        .expect("a screen of that name");
    scene(size)
}

pub(crate) fn marked(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("!<space><space><down><space><space><space>/llama<enter>");
    scene
}

fn detail(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("G<enter>");
    scene
}

fn menu(size: Size) -> Scene {
    let mut scene = Scene::listed(size);
    scene.press("ax<down>");
    scene
}
