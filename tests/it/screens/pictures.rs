//! The pictures of the README: real screens, drawn by the test, kept as SVG in `assets/pictures`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::fixture::Scene;
use super::scenes::{self, Size};
use super::without_times;

/// Width and height of a cell in the picture.
const CELL: (usize, usize) = (8, 17);

/// A file's name and the scene it shows.
type Picture = (&'static str, fn(Size) -> Scene);

const PICTURES: [Picture; 3] = [
    ("list", scenes::marked),
    ("plan", scenes::plan),
    ("results", scenes::results),
];

fn color(color: Color, usual: &'static str) -> &'static str {
    match color {
        Color::Red | Color::LightRed => "#ff6b6b",
        Color::Green | Color::LightGreen => "#69db7c",
        Color::Yellow | Color::LightYellow => "#ffd43b",
        Color::Blue | Color::LightBlue => "#74c0fc",
        Color::Magenta | Color::LightMagenta => "#da77f2",
        Color::Cyan | Color::LightCyan => "#66d9e8",
        Color::DarkGray => "#868e96",
        _ => usual,
    }
}

/// Foreground and background of a cell.
fn colors(cell: &Cell) -> (&'static str, &'static str) {
    let (front, back) = (color(cell.fg, "#dee2e6"), color(cell.bg, "#16181d"));
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    if reversed {
        (back, front)
    } else {
        (front, back)
    }
}

/// The buffer as a picture: a text element for each run of equal style, a rectangle behind it where needed.
fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (width, height) = (
        usize::from(area.width) * CELL.0,
        usize::from(area.height) * CELL.1,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" \
         font-size=\"13\" xml:space=\"preserve\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#16181d\"/>\n"
    );
    for row in 0..area.height {
        let cells: Vec<&Cell> = (0..area.width)
            .map(|column| &buffer[(column, row)])
            .collect();
        let mut start = 0;
        for run in cells.chunk_by(|a, b| a.style() == b.style()) {
            push_run(&mut out, run, start, usize::from(row));
            start += run.len();
        }
    }
    out.push_str("</svg>\n");
    out
}

fn push_run(out: &mut String, run: &[&Cell], column: usize, row: usize) {
    let (front, back) = colors(run[0]);
    let (x, y, width) = (column * CELL.0, row * CELL.1, run.len() * CELL.0);
    if back != "#16181d" {
        writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{back}\"/>",
            CELL.1
        )
        .expect("memory");
    }
    let text: String = run.iter().map(|cell| cell.symbol()).collect();
    if text.trim().is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let bold = if run[0].modifier.contains(Modifier::BOLD) {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let faint = if run[0].modifier.contains(Modifier::DIM) {
        " opacity=\"0.6\""
    } else {
        ""
    };
    writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" fill=\"{front}\" textLength=\"{width}\"{bold}{faint}>{text}</text>",
        y + 13
    )
    .expect("memory");
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/pictures/{name}.svg"))
}

/// Set `CENTURION_PICTURES=write` to make them anew after a screen changed.
#[test]
fn the_pictures_of_the_readme_are_the_real_screens() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("README.md");
    for (name, scene) in PICTURES {
        let size = (120, 35);
        let picture = without_times(&svg(&scene(size).themed(true, true).buffer()));
        let path = file(name);
        if std::env::var_os("CENTURION_PICTURES").is_some_and(|value| value == "write") {
            std::fs::write(&path, &picture).expect("writable");
        }
        let kept = std::fs::read_to_string(&path).expect("the picture is there");
        assert!(
            kept == picture,
            "{name}.svg differs: run this test with CENTURION_PICTURES=write"
        );
        assert!(
            readme.contains(&format!("assets/pictures/{name}.svg")),
            "the README shows {name}"
        );
    }
}
