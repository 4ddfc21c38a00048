//! The screen without a connection: what was not done, and how to begin.

use ratatui::layout::{Margin, Rect};

use crate::app::Model;
use crate::domain::connection::PlatformId;
use crate::ui::canvas::{Canvas, Edges, inside};
use crate::ui::theme::Tone;
use crate::ui::words::{Words, hanging, plain, strong};

/// Columns of the box's inside.
const WIDTH: usize = 74;

/// A line, and whether it stays where there is little room.
type Line = (bool, Words);

/// Draws the box in the middle of the area.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4));
    let room = usize::from(area.height).saturating_sub(4);
    let all = lines(model, width);
    let is_tight = all.len() > room;
    let kept = all.into_iter().filter(|(stays, _)| *stays || !is_tight);
    let lines: Vec<Words> = kept.map(|(_, line)| line).collect();
    let edges = Edges::titled("first run");
    let inner = if is_tight {
        inside(canvas.boxed(area, &edges).outer(Margin::new(0, 1)))
    } else {
        canvas.popup(area, (width, lines.len()), &edges)
    };
    canvas.lines(inner, &lines);
}

fn lines(model: &Model, width: usize) -> Vec<Line> {
    let file = model.config_file.as_deref();
    let file = file.unwrap_or("config.toml, named with --config");
    let file = hanging(plain("  "), Tone::Strong, file, width, usize::MAX);
    let secrets = "Secrets are read from the environment, a file or a command you name; they are \
                   never written to the configuration.";
    let secrets = hanging(Words::new(), Tone::Quiet, secrets, width, usize::MAX);
    let blank = || (false, Words::new());
    let head = |text: &str| (false, plain(text));
    let title = "No connection yet. Nothing has been contacted.";
    let mut lines = vec![(true, strong(title)), blank()];
    lines.push(head("Set these environment variables and start again:"));
    lines.extend(PlatformId::ALL.into_iter().flat_map(|id| how(id, width)));
    lines.extend([blank(), head("or describe connections in a file:")]);
    lines.extend(file.into_iter().map(|line| (true, line)));
    lines.extend([
        (
            true,
            command(
                "centurion config init",
                "writes a sample there, read-only to begin with",
            ),
        ),
        (
            false,
            command("centurion doctor", "says what was found, and where"),
        ),
        blank(),
        head("or look around without an account or a network:"),
        (true, command("4", "here, or `centurion demo` at any time")),
        blank(),
    ]);
    lines.extend(secrets.into_iter().map(|line| (false, line)));
    lines
}

/// A platform and the variables it is found by.
fn how(platform: PlatformId, width: usize) -> Vec<Line> {
    let head = plain("  ").strong(platform.name()).pad_to(15);
    let lines = hanging(head, Tone::Plain, variables(platform), width, usize::MAX);
    lines.into_iter().map(|line| (true, line)).collect()
}

fn command(name: &str, does: &str) -> Words {
    plain("  ").strong(name).plain("  ").pad_to(26).quiet(does)
}

/// The variables the official tools use, which are taken as they are.
const fn variables(platform: PlatformId) -> &'static str {
    match platform {
        PlatformId::SapAiCore => {
            "AICORE_SERVICE_KEY, or AICORE_AUTH_URL, AICORE_BASE_URL, AICORE_CLIENT_ID and \
             AICORE_CLIENT_SECRET"
        }
        PlatformId::RunAi => "RUNAI_BASE_URL, RUNAI_CLIENT_ID and RUNAI_CLIENT_SECRET",
        PlatformId::Kubiya => "KUBIYA_API_KEY",
    }
}
