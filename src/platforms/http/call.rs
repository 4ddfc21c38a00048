//! One call, and the URL it has below a connection's base URL.

use url::Url;

/// One HTTP call.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: &'static str,
    /// Segments below the base URL; each is percent-encoded when the URL is made.
    pub path: Vec<String>,
    /// Query members, in order; encoded when the URL is made.
    pub query: Vec<(&'static str, String)>,
    /// Headers beside the dialect's (`AI-Resource-Group`).
    pub headers: Vec<(&'static str, String)>,
    /// Content type and body.
    pub body: Option<(&'static str, Vec<u8>)>,
}

impl Call {
    /// A `GET` without query, headers or body.
    pub fn get<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new("GET", path)
    }

    /// A call without query, headers or body.
    pub fn new<'a>(method: &'static str, path: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            method,
            path: path.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// With one more query member.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers are passed as they stand"
    )]
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With a JSON body of that content type.
    #[must_use]
    pub fn json(mut self, content_type: &'static str, body: &serde_json::Value) -> Self {
        self.body = Some((content_type, body.to_string().into_bytes()));
        self
    }

    /// The first segment that no URL can carry. An empty one, `.` or `..` would vanish from the path,
    /// and a change of one row would become a change of the whole collection.
    pub(super) fn vanishing_segment(&self) -> Option<&str> {
        let vanishes = |segment: &&String| matches!(segment.as_str(), "" | "." | "..");
        self.path.iter().find(vanishes).map(String::as_str)
    }

    /// Its URL below `base`, whose own path is kept.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}
