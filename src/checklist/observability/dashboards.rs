//! Dashboards that must be there and show something.

use super::found::{each, error};
use super::rule::DashboardRule;
use crate::checklist::{Answer, Doubt, Given};
use crate::evidence::dashboards::{self, Dashboard};
use crate::verdict::number::exact;
use crate::verdict::text;

/// The fewest queries of the dashboards that the rule means; 0 when there is none.
pub(super) fn judge(rule: &DashboardRule, given: &Given<'_>, need: usize) -> Answer {
    let demand = rule.demand();
    let name = text::name(&rule.name());
    let read = |_: &str, bytes| dashboards::read(bytes).map_err(|error| error.to_string());
    let found = match each(given, need, read) {
        Ok(found) => found,
        Err(reason) => {
            return error(&demand, &name, &format!("the dashboards cannot be read: {reason}"));
        }
    };
    let meant: Vec<&Dashboard> =
        found.iter().map(|(_, dashboard)| dashboard).filter(|one| means(rule, one)).collect();
    let queries = meant.iter().map(|dashboard| dashboard.queries() as u64).min();
    let sentence = match queries {
        None => format!("no dashboard `{name}` in {}", text::phrase(&rule.source.said())),
        Some(queries) => format!(
            "the dashboard `{name}` shows {}; at least {} must be shown",
            plural(queries, "query", "queries"),
            exact(rule.queries_min.0)
        ),
    };
    Answer::count(queries.unwrap_or(0), &demand, Doubt::None, sentence).about(name)
}

fn means(rule: &DashboardRule, dashboard: &Dashboard) -> bool {
    let same =
        |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    same(&rule.uid, &dashboard.uid) && same(&rule.title, &dashboard.title)
}

pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", exact(count), if count == 1 { one } else { many })
}
