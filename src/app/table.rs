//! Which rows are shown, in which order: tab, status chips, filter and sort over the listings.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::filter::Filter;
use crate::app::listing::Listing;
use crate::domain::resource::{Group, Kind, Resource};
use crate::domain::text::Clean;

/// The tabs above the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Every kind.
    #[default]
    All,
    /// One kind.
    Only(Kind),
}

impl Tab {
    /// Every tab, by its digit.
    pub const ALL: [Self; 4] = [
        Self::All,
        Self::Only(Kind::Execution),
        Self::Only(Kind::Deployment),
        Self::Only(Kind::Workload),
    ];

    /// Whether a kind is on it.
    pub fn holds(self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => only == kind,
        }
    }

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Only(Kind::Execution) => "Executions",
            Self::Only(Kind::Deployment) => "Deployments",
            Self::Only(Kind::Workload) => "Workloads",
        }
    }
}

macro_rules! columns {
    ($($column:ident $title:literal $says:literal)+) => {
        /// A column of the table.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Column {
            #[default]
            $(#[doc = $says] $column),+
        }

        impl Column {
            /// Its heading.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$column => $title),+
                }
            }
        }
    };
}

columns! {
    Age "AGE" "Time since creation."
    Name "NAME" "Sorted by letters."
    Status "STATUS" "By group, then by word."
    Platform "PLATFORM" "By platform, then by connection."
    Kind "KIND" "Kind or Run:ai type."
    Scope "SCOPE" "Resource group, project or organisation."
    Owner "OWNER" "Who submitted it."
    Gpus "GPUS" "GPUs held."
    Id "ID" "Shortened in the middle where it is narrow; not sorted by, like those below."
    Target "TARGET" "The status it is to reach."
    Message "MESSAGE" "The platform's words on failed rows; only where there is much room."
}

impl Column {
    /// Every column one can sort by, in the order of the sort menu.
    pub const ALL: [Self; 8] = [
        Self::Age,
        Self::Name,
        Self::Status,
        Self::Platform,
        Self::Kind,
        Self::Scope,
        Self::Owner,
        Self::Gpus,
    ];
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// From the largest to the smallest.
    pub descending: bool,
}

impl Sort {
    /// The heading with its arrow: `AGE↑`.
    pub fn title(self) -> String {
        format!(
            "{}{}",
            self.column.title(),
            if self.descending { '↓' } else { '↑' }
        )
    }
}

/// Which statuses pass: whole groups, and single words of the platforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChips {
    /// Groups that pass whole.
    pub groups: BTreeSet<Group>,
    /// Words that pass whatever their group, as sent.
    pub words: BTreeSet<Clean>,
}

impl Default for StatusChips {
    /// *live*: active, moving, paused, unknown.
    fn default() -> Self {
        let groups = Group::ALL
            .into_iter()
            .filter(|group| group.is_live())
            .collect();
        Self {
            groups,
            words: BTreeSet::new(),
        }
    }
}

impl StatusChips {
    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.words.is_empty()
    }

    /// Whether a row passes. With nothing chosen, everything does.
    pub fn let_through(&self, row: &Resource) -> bool {
        self.is_empty()
            || self.groups.contains(&row.status.group)
            || self.words.contains(&row.status.word)
    }

    /// What is chosen, in words: `live`, `all`, `active failed`, `RUNNING`.
    pub fn title(&self) -> String {
        if *self == Self::default() {
            return "live".to_owned();
        }
        let groups = self.groups.iter().map(|group| group.word());
        let words: Vec<&str> = groups.chain(self.words.iter().map(Clean::as_str)).collect();
        match words.len() {
            0 => "all".to_owned(),
            _ if self.groups.len() == Group::ALL.len() => "all".to_owned(),
            _ => words.join(" "),
        }
    }
}

/// All that decides which rows are shown.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The tab.
    pub tab: Tab,
    /// The status chips.
    pub chips: StatusChips,
    /// The typed filter.
    pub filter: Arc<Filter>,
    /// The order.
    pub sort: Sort,
}

impl Query {
    /// Whether a row is among the shown ones.
    pub fn matches(&self, row: &Resource, now: Timestamp) -> bool {
        let chips = self.filter.names_status() || self.chips.let_through(row);
        self.tab.holds(row.key.source.kind) && chips && self.filter.matches(row, now)
    }
}

/// The rows a query shows, with the counts around them. Made off the drawing thread.
#[derive(Debug, Default)]
pub struct View {
    /// Which request for a view this answers; later ones win.
    pub generation: u64,
    /// The rows, in order.
    pub rows: Vec<Arc<Resource>>,
    /// Rows of each tab, whatever the filter.
    pub tabs: [usize; 4],
    /// Rows of the tab by group and status word, whatever the filter.
    pub words: BTreeMap<(Group, Clean), usize>,
    /// Where nothing matches: a word that may have been meant, and how many rows would match.
    pub meant: Option<(String, usize)>,
}

impl View {
    /// How many rows of the tab are in a group, whatever the filter.
    pub fn in_group(&self, group: Group) -> usize {
        let words = self.words.iter().filter(|((of, _), _)| *of == group);
        words.map(|(_, count)| count).sum()
    }
}

/// Filters, counts and sorts. Takes time that grows with the number of rows.
pub fn arrange(generation: u64, listings: &[Arc<Listing>], query: &Query, now: Timestamp) -> View {
    let mut tabs = [0; 4];
    let mut words: BTreeMap<(Group, Clean), usize> = BTreeMap::new();
    let mut rows: Vec<Arc<Resource>> = Vec::new();
    for row in listings.iter().flat_map(|listing| listing.rows()) {
        let kind = row.key.source.kind;
        for (count, tab) in tabs.iter_mut().zip(Tab::ALL) {
            *count += usize::from(tab.holds(kind));
        }
        if query.tab.holds(kind) {
            let word = (row.status.group, row.status.word.clone());
            *words.entry(word).or_default() += 1;
        }
        if query.matches(row, now) {
            rows.push(row.clone());
        }
    }
    rows.sort_by(|a, b| order(query.sort, a, b));
    let meant = if rows.is_empty() {
        meant(listings, query, now)
    } else {
        None
    };
    View {
        generation,
        rows,
        tabs,
        words,
        meant,
    }
}

/// The word of a name that comes nearest to the one no row has, where rows would match it.
fn meant(listings: &[Arc<Listing>], query: &Query, now: Timestamp) -> Option<(String, usize)> {
    let rows = || listings.iter().flat_map(|listing| listing.rows());
    let is_apart = |c: char| !c.is_alphanumeric();
    let names = rows().flat_map(|row| row.name.as_str().split(is_apart));
    let names: BTreeSet<&str> = names.collect();
    let (word, filter) = query.filter.corrected(&names)?;
    let query = Query {
        filter: Arc::new(filter),
        ..query.clone()
    };
    let count = rows().filter(|row| query.matches(row, now)).count();
    (count > 0).then_some((word, count))
}

/// The order of two rows; rows that are equal in the column stay in the order of their keys, so that a
/// refresh never shuffles them.
fn order(sort: Sort, a: &Resource, b: &Resource) -> Ordering {
    let by_column = match sort.column {
        // The youngest first: a missing time counts as old.
        Column::Age => b.created.cmp(&a.created),
        Column::Name => a.name.cmp(&b.name),
        Column::Status => (a.status.group, &a.status.word).cmp(&(b.status.group, &b.status.word)),
        Column::Platform => {
            let place = |row: &Resource| (row.platform(), row.key.source.connection.clone());
            place(a).cmp(&place(b))
        }
        Column::Kind => a.kind_word().cmp(b.kind_word()),
        Column::Scope => a.scope.cmp(&b.scope),
        Column::Owner => a.owner.cmp(&b.owner),
        Column::Gpus => a.gpus.unwrap_or(-1.0).total_cmp(&b.gpus.unwrap_or(-1.0)),
        Column::Id | Column::Target | Column::Message => Ordering::Equal,
    };
    let by_column = if sort.descending {
        by_column.reverse()
    } else {
        by_column
    };
    by_column.then_with(|| a.key.cmp(&b.key))
}
