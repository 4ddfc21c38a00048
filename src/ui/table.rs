//! The list of rows. Only the rows on screen are touched: a frame costs the same however many there are.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::facts::failure;
use crate::app::table::{Column, Tab};
use crate::domain::connection::PlatformId;
use crate::domain::resource::{Group, Kind, Resource, Source};
use crate::domain::text::{counted, cut, cut_middle, grouped, width};
use crate::domain::time::{age, short_span};
use crate::ui::canvas::{Canvas, Edges, fit, row, span};
use crate::ui::columns::Columns;
use crate::ui::flags::Flags;
use crate::ui::theme::{self, Tone};
use crate::ui::words::{Words, joined, quiet, say, strong};
use crate::ui::{empty, glyph, header, tabs};

/// Draws the table in its box.
pub(super) fn draw(canvas: &mut Canvas, area: Rect, model: &Model) {
    let columns = Columns::of(model, area.width.saturating_sub(3));
    let edges = Edges {
        title: strong(title(model, area.width)),
        remark: remark(model, area.width),
        note: quiet(position(model, area.width)),
        mark: quiet(more(model, &columns)),
    };
    let inner = canvas.boxed(area, &edges);
    if inner.is_empty() {
        return;
    }
    if model.shown_len() == 0 {
        empty::draw(canvas, inner, model);
        return;
    }
    heads(canvas, row(inner, 0), model, &columns);
    let pane = Pane::of(model, &columns);
    let first = model.browse.offset;
    for (y, index) in (1..inner.height).zip(first..model.shown_len()) {
        if let Some(resource) = model.shown(index) {
            pane.row(canvas, row(inner, y), index, resource);
        }
    }
}

fn title(model: &Model, columns: u16) -> String {
    if model.browse.only_marked {
        return format!("marked {}", model.selection.len());
    }
    let tab = match model.browse.query.tab {
        Tab::All => "all",
        Tab::Only(kind) => kind.plural(),
    };
    if model.browse.complaint.is_some() {
        return format!("{tab} {}", grouped(tabs::of_tab(model)));
    }
    if columns < 100 {
        let (shown, all) = (model.browse.view.rows.len(), tabs::of_tab(model));
        if shown != all {
            return format!("{tab} {}/{}", grouped(shown), grouped(all));
        }
    }
    format!("{tab} {}", tabs::matching(model))
}

/// Whether there are columns that have no room, and the keys that lead to them.
fn more(model: &Model, columns: &Columns) -> String {
    match columns.more {
        (0, _) => String::new(),
        _ if model.shown_len() == 0 => String::new(),
        (all, 0) => format!("→ {}", counted(all, "column more", "columns more")),
        (all, step) => format!(
            "← {step} of {} →",
            counted(all, "column more", "columns more")
        ),
    }
}

fn position(model: &Model, columns: u16) -> String {
    let len = model.shown_len();
    if len == 0 {
        return String::new();
    }
    let label = if columns < 100 { "" } else { "row " };
    format!(
        "{label}{}/{}",
        grouped(model.browse.cursor + 1),
        grouped(len)
    )
}

/// What the lower edge says: what of the filter has no room in the line of tabs, and the remarks.
fn remark(model: &Model, columns: u16) -> Words {
    let says_filter = !model.browse.only_marked && model.browse.typing.is_none();
    let filter = says_filter.then(|| tabs::left_over(model, columns));
    let remarks = say(Tone::Warn, remarks(model));
    joined([filter.unwrap_or_default(), remarks], glyph::DOT)
}

/// What the operator should know of the listings: which are not whole, and the platforms' own notices.
fn remarks(model: &Model) -> String {
    let mut remarks = Vec::new();
    for state in model.lanes.sources() {
        let Some(listing) = &state.listing else {
            continue;
        };
        let (rows, mut parts) = (listing.rows().len(), Vec::new());
        let shown = grouped(rows);
        if let Some(total) = listing.total.filter(|total| *total > rows) {
            parts.push(format!("{shown} of {} shown", grouped(total)));
        } else if !listing.complete {
            parts.push(format!("first {shown} of ?"));
        }
        parts.extend(listing.notice.iter().map(ToString::to_string));
        if !parts.is_empty() {
            remarks.push(format!("{}: {}", state.source, parts.join("; ")));
        }
    }
    remarks.join(glyph::DOT)
}

fn heads(canvas: &mut Canvas, at: Rect, model: &Model, columns: &Columns) {
    let sort = model.browse.query.sort;
    let mut x = columns.prefix;
    for (column, columns) in &columns.shown {
        let mut title = match column {
            Column::Platform if *columns < 8 => "P".to_owned(),
            column => column.title().to_owned(),
        };
        let is_sorted = *column == sort.column && !model.browse.only_marked;
        if is_sorted && width(&sort.title()) <= usize::from(*columns) {
            title = sort.title();
        }
        put(canvas, span(at, x, *columns), *column, &title, Tone::Strong);
        x += columns + 1;
    }
}

fn put(canvas: &mut Canvas, at: Rect, column: Column, text: &str, tone: Tone) {
    let is_number = matches!(column, Column::Age | Column::Gpus);
    let missing = at.width.saturating_sub(fit(width(text)));
    let start = if is_number { missing } else { 0 };
    canvas.put(span(at, start, at.width), text, tone);
}

/// What the rows of one frame have in common.
struct Pane<'a> {
    model: &'a Model,
    columns: &'a Columns,
    flags: Flags<'a>,
    stale: Vec<&'a Source>,
    /// Platforms with several connections: their rows name the connection.
    several: Vec<PlatformId>,
}

impl<'a> Pane<'a> {
    fn of(model: &'a Model, columns: &'a Columns) -> Self {
        let lanes = |platform: PlatformId| model.lanes.of(platform).count();
        Self {
            model,
            columns,
            flags: Flags::of(model),
            stale: tabs::stale_sources(model)
                .map(|state| &*state.source)
                .collect(),
            several: PlatformId::ALL
                .into_iter()
                .filter(|id| lanes(*id) > 1)
                .collect(),
        }
    }

    fn row(&self, canvas: &mut Canvas, at: Rect, index: usize, resource: &Resource) {
        let is_cursor = index == self.model.browse.cursor;
        let mark = self.model.selection.get(&resource.key);
        let is_old = self.stale.contains(&&*resource.key.source)
            || mark.is_some_and(|mark| mark.gone.is_some())
            || self.model.is_kept(index)
            || !resource.key.id.is_sound();
        self.flags
            .draw(canvas, at, self.columns.prefix, index, resource, mark);
        let mut x = self.columns.prefix;
        for (column, width) in &self.columns.shown {
            let (text, tone) = self.cell(*column, *width, resource);
            let tone = if is_old { Tone::Quiet } else { tone };
            put(canvas, span(at, x, *width), *column, &text, tone);
            x += width + 1;
        }
        if is_cursor {
            canvas.cursor_row(at);
        }
    }

    fn cell<'r>(&self, column: Column, columns: u16, row: &'r Resource) -> (Cow<'r, str>, Tone) {
        let text: Cow<str> = match column {
            Column::Platform if columns < 8 => header::letter(row.platform()).into(),
            Column::Platform => row.platform().label().into(),
            Column::Kind => row.kind_word().into(),
            Column::Name => self.name(row, usize::from(columns)),
            Column::Id => cut_middle(row.key.id.shown().as_str(), usize::from(columns)).into(),
            Column::Scope => self.scope(row, usize::from(columns)).into(),
            Column::Status => {
                let tone = theme::of_group(row.status.group);
                return (self.status(row).into(), tone);
            }
            Column::Target => row
                .target
                .as_ref()
                .map_or(glyph::NONE, |word| word.as_str())
                .into(),
            Column::Age => row.created.map_or(glyph::NONE.into(), |at| {
                short_span(age(self.model.now.wall, at)).into()
            }),
            Column::Gpus => row
                .gpus
                .map_or(glyph::NONE.into(), |gpus| gpus.to_string().into()),
            Column::Owner => owner(row, usize::from(columns)).into(),
            Column::Message => failure(row).into(),
        };
        (text, Tone::Plain)
    }

    /// The status; of a row that is being deleted, which keeps its last one, the target where that has no column.
    fn status(&self, row: &Resource) -> String {
        let target = row
            .target
            .as_ref()
            .filter(|_| row.status.group == Group::Moving);
        match target.filter(|target| target.as_str().eq_ignore_ascii_case("deleted")) {
            Some(target) if !self.columns.has(Column::Target) => {
                format!("{} {target}", glyph::ARROW)
            }
            Some(_) | None => format!("{} {}", glyph::of_status(&row.status), row.status.word),
        }
    }

    /// The name; with the kind behind it where that has no column of its own.
    fn name<'r>(&self, row: &'r Resource, columns: usize) -> Cow<'r, str> {
        let suffix = suffix(row);
        if self.columns.has(Column::Kind) || suffix.is_empty() {
            return row.name.as_str().into();
        }
        let room = columns.saturating_sub(width(suffix) + 1);
        format!("{} {suffix}", cut(row.name.as_str(), room)).into()
    }

    /// The scope; with its connection where the platform has several. That is what must not be mistaken, so
    /// the scope gives way to it.
    fn scope(&self, row: &Resource, columns: usize) -> String {
        let source = &row.key.source;
        if self.several.contains(&source.platform) {
            let connection = format!("@{}", source.connection);
            let room = columns.saturating_sub(width(&connection)).max(2);
            return cut(row.scope.as_str(), room) + &connection;
        }
        match source.platform {
            PlatformId::SapAiCore | PlatformId::Kubiya if self.columns.prefix > 3 => {
                format!("{}:{}", source.platform.scope_prefix(), row.scope)
            }
            PlatformId::SapAiCore | PlatformId::Kubiya | PlatformId::RunAi => row.scope.to_string(),
        }
    }
}

/// The kind in brackets, for what is not a plain run.
fn suffix(row: &Resource) -> &'static str {
    match (row.key.source.kind, row.kind_word()) {
        (Kind::Deployment, _) => "(dep)",
        (Kind::Workload, "workspace") => "(ws)",
        (Kind::Workload, "inference") => "(inf)",
        (Kind::Workload | Kind::Execution, _) => "",
    }
}

/// The owner; of an address that does not fit, the part before the `@`.
fn owner(row: &Resource, columns: usize) -> &str {
    let Some(owner) = &row.owner else {
        return glyph::NONE;
    };
    match owner.as_str().split_once('@') {
        Some((name, _)) if width(owner.as_str()) > columns && !name.is_empty() => name,
        Some(_) | None => owner.as_str(),
    }
}
