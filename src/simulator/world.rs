//! What exists in the simulated organisation, derived from the seed and `assets/world.toml`.
//!
//! Knows accounts and words. Which rows an account has, and their statuses, is each platform's own.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::domain::connection::PlatformId;

/// Words and accounts; see the comments in the file.
const ORGANISATION: &str = include_str!("../../assets/world.toml");

/// Strings that are to hurt whoever draws, writes or parses them.
const HOSTILE: &str = include_str!("../../assets/hostile.json");

/// One row in so many is refused although its status would allow the change.
const REFUSED_ONE_IN: u64 = 24;

/// One account on one simulated platform: what a connection connects to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// The name its connection has in the demo: `prod-eu`.
    pub name: String,
    /// Its platform.
    #[serde(deserialize_with = "platform")]
    pub platform: PlatformId,
    /// The client id it accepts; for Kubiya the organisation's slug.
    pub client_id: String,
    /// The client secret or API key it accepts.
    pub secret: String,
    /// Resource groups, project names; for Kubiya the organisation's slug alone.
    pub scopes: Vec<String>,
    /// How many rows it has over all scopes and kinds; in the file its share of them.
    #[serde(rename = "share")]
    pub rows: usize,
    /// Whether SAP AI Core's bulk updates are on.
    #[serde(default)]
    pub bulk: bool,
    /// Whether the demo protects its connection.
    #[serde(default)]
    pub protected: bool,
}

/// The world: tenants and the words their rows are named with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The seed all else follows from.
    #[serde(skip)]
    pub(crate) seed: u64,
    /// Every tenant of every platform.
    pub tenants: Vec<Tenant>,
    /// E-mail addresses of the people who own rows; the first is the operator's own.
    pub(crate) people: Vec<String>,
    /// Names of training and batch work: `llama-ft-eu`, `churn-train-nightly`.
    pub(crate) training: Vec<String>,
    /// Names of served models and notebooks: `llama-serve`, `fraud-scorer`.
    pub(crate) serving: Vec<String>,
    /// Kubiya's agents.
    pub(crate) agents: Vec<Agent>,
    /// What somebody may have put into a text that others read.
    #[serde(skip)]
    pub hostile: Vec<String>,
}

/// What Kubiya's executions run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agent {
    /// Its name: `release-helper`.
    pub name: String,
    /// What it was asked.
    pub prompt: String,
}

fn platform<'de, D: Deserializer<'de>>(from: D) -> Result<PlatformId, D::Error> {
    let word = String::deserialize(from)?;
    let mut all = PlatformId::ALL.into_iter();
    let named = all.find(|id| id.config_word() == word);
    Ok(named.expect("assets/world.toml names platforms as the configuration does"))
}

impl World {
    /// The world of a seed, with so many rows over all tenants.
    pub fn of(seed: u64, rows: usize) -> Self {
        let mut world: Self = toml::from_str(ORGANISATION).expect("assets/world.toml is a world");
        world.seed = seed;
        world.hostile =
            serde_json::from_str(HOSTILE).expect("assets/hostile.json is a list of texts");
        let shares: Vec<usize> = world.tenants.iter().map(|tenant| tenant.rows).collect();
        for (tenant, rows) in world.tenants.iter_mut().zip(spread(rows, &shares)) {
            tenant.rows = rows;
        }
        world
    }

    /// The tenants of one platform.
    pub fn tenants(&self, platform: PlatformId) -> impl Iterator<Item = &Tenant> {
        self.tenants
            .iter()
            .filter(move |tenant| tenant.platform == platform)
    }

    /// A random number generator that depends on the seed and a label, and on nothing else.
    pub(crate) fn random(&self, label: &str) -> fastrand::Rng {
        fastrand::Rng::with_seed(mixed(self.seed, label))
    }

    /// How long a change of that row takes: 2 to 20 simulated seconds, always the same for an id.
    pub fn delay(&self, id: &str) -> Duration {
        Duration::from_millis(self.random(id).u64(2_000..20_000))
    }

    /// Whether that row is one of the few whose changes are refused although its status allows them:
    /// in transition, owned by someone else. Always the same for an id.
    pub fn refuses(&self, id: &str) -> bool {
        self.random(&format!("refuses {id}")).u64(0..REFUSED_ONE_IN) == 0
    }
}

/// A number that follows from a seed and a text (FNV-1a).
pub(crate) fn mixed(seed: u64, text: &str) -> u64 {
    let start = seed ^ 0xcbf2_9ce4_8422_2325;
    text.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Splits rows by shares; what rounding leaves over goes to the first.
fn spread(rows: usize, shares: &[usize]) -> Vec<usize> {
    let whole = shares.iter().sum::<usize>().max(1);
    let mut parts: Vec<usize> = shares.iter().map(|share| rows * share / whole).collect();
    let left = rows - parts.iter().sum::<usize>();
    if let Some(first) = parts.first_mut() {
        *first += left;
    }
    parts
}
