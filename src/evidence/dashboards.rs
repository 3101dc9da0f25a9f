//! Grafana dashboards: what is shown, and from which queries.
//!
//! A dashboard comes as its JSON model (a file that was exported or provisioned), as the answer of
//! `/api/dashboards/uid/…` (below `dashboard`), or as a resource (below `spec`). Format:
//! <https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/>.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde_json::Value;

use crate::identity::{StrictJsonError, strict_json};
use crate::quantity::Bytes;

/// What a dashboard is and shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dashboard {
    /// Its identity within a Grafana; dashboards that were exported to be shared may have none.
    pub uid: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its panels, also those within rows; rows themselves are none.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// How many queries its panels show.
    #[must_use]
    pub fn queries(&self) -> usize {
        self.panels.iter().map(|panel| panel.queries.len()).fold(0, usize::saturating_add)
    }
}

/// A panel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Panel {
    /// Its title; empty when it has none.
    pub title: String,
    /// Its queries as written, without those that are hidden or empty.
    pub queries: Vec<String>,
}

/// A document that is no dashboard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DashboardError {
    /// It cannot be read.
    #[error("the document is refused: {0}")]
    Json(StrictJsonError),
    /// It is something else.
    #[error("expected a dashboard with `panels`")]
    NoDashboard,
    /// It has too many panels.
    #[error("the dashboard has more than {PANELS_MAX} panels")]
    TooMany,
}

/// Reads a dashboard.
///
/// # Errors
/// [`DashboardError`] for what is none: a document without `panels` (or `rows`, as before
/// Grafana 5).
pub fn read(bytes: &[u8]) -> Result<Dashboard, DashboardError> {
    let document: Value =
        strict_json::read(bytes, Bytes(BYTES_MAX)).map_err(DashboardError::Json)?;
    let inner = ["dashboard", "spec"].iter().find_map(|key| document.get(key));
    let model = inner.filter(|inner| inner.is_object()).unwrap_or(&document);
    let lists: Vec<&Value> = ["panels", "rows"].iter().filter_map(|key| model.get(key)).collect();
    if lists.is_empty() || !lists.iter().all(|list| list.is_array()) {
        return Err(DashboardError::NoDashboard);
    }
    // Panels lie in rows, rows in the dashboard; the strict reader has bounded the depth.
    let mut open: Vec<&Value> = items(&lists);
    let mut panels = Vec::new();
    while let Some(next) = open.pop() {
        if panels.len() >= PANELS_MAX {
            return Err(DashboardError::TooMany);
        }
        let within = next.get("panels");
        if let Some(within) = within {
            open.extend(items(&[within]));
        }
        if next.get("type").and_then(Value::as_str) != Some("row") && within.is_none() {
            panels.push(panel(next));
        }
    }
    let text = |key: &str| model.get(key).and_then(Value::as_str).map(str::to_owned);
    let named = document.get("metadata").and_then(|metadata| metadata.get("name"));
    let uid = text("uid").or_else(|| named.and_then(Value::as_str).map(str::to_owned));
    Ok(Dashboard { uid: uid.filter(|uid| !uid.is_empty()), title: text("title"), panels })
}

/// Items of lists, last first, so that a stack gives them in their order.
fn items<'d>(lists: &[&'d Value]) -> Vec<&'d Value> {
    let mut items: Vec<&Value> =
        lists.iter().filter_map(|list| list.as_array()).flatten().collect();
    items.reverse();
    items
}

fn panel(value: &Value) -> Panel {
    let title = value.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let shown = |query: &&Value| query.get("hide").and_then(Value::as_bool) != Some(true);
    let queries = value.get("targets").and_then(Value::as_array).into_iter().flatten();
    let queries = queries.filter(shown).filter_map(query).collect();
    Panel { title, queries }
}

/// The text of a query, wherever the source of data keeps it.
fn query(target: &Value) -> Option<String> {
    let text = QUERY_KEYS.iter().find_map(|key| target.get(key).and_then(Value::as_str));
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Prometheus and Loki, Influx and others, SQL, Graphite, Flux, CloudWatch.
const QUERY_KEYS: [&str; 6] = ["expr", "query", "rawSql", "target", "rawQuery", "expression"];

const BYTES_MAX: u64 = 16 << 20;
const PANELS_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = r#"{"uid": "fraud", "title": "Fraud model", "schemaVersion": 39, "panels": [
        {"type": "timeseries", "title": "Errors", "targets": [{"refId": "A", "expr": "rate(errors[5m])"},
         {"refId": "B", "expr": "x", "hide": true}, {"refId": "C", "expr": " "}]},
        {"type": "row", "title": "Latency", "panels": [
          {"type": "stat", "title": "p95", "targets": [{"rawSql": "SELECT 1"}]}]},
        {"type": "row", "title": "Empty", "panels": []},
        {"type": "text", "title": "About"}]}"#;

    #[test]
    fn panels_are_found_within_rows_and_hidden_queries_do_not_count() {
        let dashboard = read(MODEL.as_bytes()).unwrap();
        assert_eq!(dashboard.uid.as_deref(), Some("fraud"));
        assert_eq!(dashboard.title.as_deref(), Some("Fraud model"));
        let titles: Vec<&str> = dashboard.panels.iter().map(|panel| panel.title.as_str()).collect();
        assert_eq!(titles, ["Errors", "p95", "About"]);
        assert_eq!(dashboard.queries(), 2);
        assert_eq!(dashboard.panels[0].queries, ["rate(errors[5m])"]);
    }

    #[test]
    fn answers_resources_and_old_rows_are_dashboards_too() {
        let expected = read(MODEL.as_bytes()).unwrap();
        let answer = format!("{{\"meta\": {{}}, \"dashboard\": {MODEL}}}");
        assert_eq!(read(answer.as_bytes()).unwrap(), expected);
        let spec = MODEL.replacen("\"uid\": \"fraud\", ", "", 1);
        let resource = format!(
            "{{\"kind\": \"Dashboard\", \"metadata\": {{\"name\": \"fraud\"}}, \"spec\": {spec}}}"
        );
        assert_eq!(read(resource.as_bytes()).unwrap(), expected);
        let old = r#"{"title": "x", "rows": [{"panels": [{"title": "a", "targets": [{"target": "q"}]}]}]}"#;
        assert_eq!(read(old.as_bytes()).unwrap().queries(), 1);
    }

    #[test]
    fn what_is_no_dashboard_is_an_error() {
        for wrong in ["", "{}", "[]", "null", r#"{"panels": 1}"#, r#"{"message": "not found"}"#] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert_eq!(read(b"{\"panels\": []}").unwrap().queries(), 0);
        let deep = format!("{{\"panels\": {}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(matches!(read(deep.as_bytes()), Err(DashboardError::Json(_))));
        let many = format!("{{\"panels\": [{}]}}", vec!["{}"; PANELS_MAX + 1].join(","));
        assert_eq!(read(many.as_bytes()), Err(DashboardError::TooMany));
        let odd = r#"{"panels": [1, null, "x", {"targets": {}}, {"targets": [1, {"expr": 5}]}]}"#;
        assert_eq!(read(odd.as_bytes()).unwrap().queries(), 0);
    }
}
