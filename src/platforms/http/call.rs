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

#[cfg(test)]
mod tests {
    use super::*;

    fn below(base: &str, call: &Call) -> String {
        call.url(&Url::parse(base).expect("a URL")).to_string()
    }

    #[test]
    fn the_base_urls_own_path_is_kept_with_and_without_a_slash_at_its_end() {
        let call = Call::get(["lm", "meta"]);
        assert_eq!(below("https://h/gw/v2", &call), "https://h/gw/v2/lm/meta");
        assert_eq!(below("https://h/gw/v2/", &call), "https://h/gw/v2/lm/meta");
        assert_eq!(below("https://h", &call), "https://h/lm/meta");
    }

    #[test]
    fn a_segment_cannot_leave_its_place_in_the_path() {
        let call = Call::get(["lm", "a/b?c#d %2e", "$count"]);
        assert_eq!(
            below("https://h/v2", &call),
            "https://h/v2/lm/a%2Fb%3Fc%23d%20%252e/$count"
        );
    }

    #[test]
    fn query_values_are_encoded() {
        let call = Call::get(["x"]).query("$top", 5).query("status", "a&b+c");
        assert_eq!(
            below("https://h", &call),
            "https://h/x?%24top=5&status=a%26b%2Bc"
        );
    }

    #[test]
    fn an_id_of_dots_is_found_out_before_it_widens_the_call() {
        assert_eq!(Call::get(["lm", ".."]).vanishing_segment(), Some(".."));
        assert_eq!(Call::get(["lm", ""]).vanishing_segment(), Some(""));
        assert_eq!(Call::get(["lm", "..."]).vanishing_segment(), None);
    }
}
