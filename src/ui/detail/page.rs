//! One row in full, or its logs: a page of it.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::detail::Detail;
use crate::app::page::{Asking, Lead, PageLine, lines};
use crate::domain::time::{date_and_time, time_of_day};
use crate::ui::canvas::{Canvas, Edges, row};
use crate::ui::field;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, quiet, say, strong};

/// Draws the page in its box.
pub(in crate::ui) fn draw(canvas: &mut Canvas, area: Rect, model: &Model, detail: &Detail) {
    let columns = usize::from(area.width.saturating_sub(4));
    let lines = lines(model, detail, columns);
    let edges = Edges {
        title: title(detail),
        mark: asking(model, detail),
        remark: found(detail),
        note: Words::new(),
    };
    let line = |place: usize| words(&lines[place]);
    let (inner, shown) = canvas.page(area, edges, detail.page.offset, lines.len(), line);
    let search = detail.page.search.as_ref();
    for (y, line) in (0..inner.height).zip(&lines[shown]) {
        if search.is_some_and(|search| search.at == line.entry) {
            canvas.cursor_line(row(inner, y));
        }
    }
    if let Some(input) = &detail.typing {
        let at = row(inner, inner.height.saturating_sub(1));
        canvas.clear(at);
        let label = say(Tone::Mark, "/");
        field::one_line(canvas, at, &label, input, &Words::new());
    }
}

fn title(detail: &Detail) -> Words {
    let topic = detail.page.topic.word();
    let title = strong(topic).plain(format!(" {}", detail.row.name));
    let Some(since) = detail.unlisted.map(time_of_day) else {
        return title;
    };
    title.say(Tone::Warn, format!("  no longer listed since {since}"))
}

/// Whether the platform is being asked, and whether it will be again.
fn asking(model: &Model, detail: &Detail) -> Words {
    let page = &detail.page;
    match (page.asking, page.follow) {
        (Asking::No, None) => Words::new(),
        (Asking::No, Some(_)) if model.lanes.held => say(Tone::Warn, "following is held"),
        (Asking::No, Some(next)) => {
            let seconds = next.since(model.now.moment).as_secs();
            say(Tone::Busy, format!("following, next in {seconds} s"))
        }
        (Asking::Whole | Asking::Since(_), _) => say(Tone::Busy, "asking…"),
    }
}

fn found(detail: &Detail) -> Words {
    let search = detail.page.search.as_ref();
    search.map_or_else(Words::new, |search| {
        let (nth, count) = search.place;
        say(Tone::Mark, format!("/{} {nth} of {count}", search.text))
    })
}

fn words(line: &PageLine) -> Words {
    let lead = match line.lead {
        Lead::Label(label) if !line.goes_on => quiet(label),
        Lead::Time(at) if !line.goes_on => quiet(time_of_day(at)),
        Lead::Date(at) if !line.goes_on => quiet(date_and_time(at)),
        Lead::Label(_) | Lead::Time(_) | Lead::Date(_) | Lead::Nothing => Words::new(),
    };
    let tone = theme::of_weight(line.weight);
    lead.pad_to(line.lead.width()).say(tone, &line.text)
}
