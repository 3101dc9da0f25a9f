//! The rules of a run: what a result does not say itself stands in its rule.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::evidence::finding::Severity;

/// The program of a run, with its extensions.
#[derive(Deserialize)]
pub(super) struct Tool {
    pub(super) driver: Component,
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) version: Option<String>,
    #[serde(rename = "semanticVersion")]
    pub(super) semantic_version: Option<String>,
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    pub(super) id: String,
    #[serde(rename = "shortDescription")]
    pub(super) short_description: Option<Message>,
    #[serde(rename = "defaultConfiguration")]
    default_configuration: Option<Configuration>,
    properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) text: Option<String>,
}

/// What the standard leaves to tools; GitHub gave one property a meaning.
#[derive(Deserialize)]
pub(super) struct Properties {
    #[serde(rename = "security-severity")]
    security_severity: Option<Value>,
}

impl Properties {
    /// The score, as a number or as text; one that is neither is unknown, not absent.
    pub(super) fn severity(&self) -> Option<Severity> {
        let score = match self.security_severity.as_ref()? {
            Value::String(text) => text.trim().parse().unwrap_or(f64::NAN),
            number => number.as_f64().unwrap_or(f64::NAN),
        };
        Some(Severity::of_score(score))
    }
}

/// How a result names its rule.
#[derive(Deserialize, Default)]
pub(super) struct Reference {
    pub(super) id: Option<String>,
    index: Option<i64>,
    #[serde(rename = "toolComponent")]
    component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
    name: Option<String>,
}

/// The rules of a run, to be looked up.
pub(super) struct Rules<'t> {
    tool: &'t Tool,
    by_id: BTreeMap<&'t str, &'t Rule>,
}

impl<'t> Rules<'t> {
    pub(super) fn of(tool: &'t Tool) -> Self {
        let extensions = tool.extensions.iter().flatten();
        // Of two rules with one name the driver's is kept: it comes last.
        let components = extensions.rev().chain([&tool.driver]);
        let rules = components.flat_map(|component| component.rules.iter().flatten().rev());
        Self { tool, by_id: rules.map(|rule| (rule.id.as_str(), rule)).collect() }
    }

    /// The rule of a result, by index into its component (§3.52) or by name; a name may be more
    /// exact than the rule's, by parts behind a `/` (§3.27.5).
    pub(super) fn find(
        &self,
        id: Option<&str>,
        index: Option<i64>,
        reference: Option<&Reference>,
    ) -> Option<&'t Rule> {
        let component = match reference.and_then(|reference| reference.component.as_ref()) {
            None => Some(&self.tool.driver),
            Some(component) => self.component(component),
        };
        let index = reference.and_then(|reference| reference.index).or(index);
        let indexed = index.and_then(|index| usize::try_from(index).ok());
        let rules = component.and_then(|component| component.rules.as_ref());
        if let Some(rule) = indexed.and_then(|index| rules?.get(index)) {
            return Some(rule);
        }
        let mut id = reference.and_then(|reference| reference.id.as_deref()).or(id)?;
        loop {
            if let Some(rule) = self.by_id.get(id) {
                return Some(rule);
            }
            id = id.rsplit_once('/')?.0;
        }
    }

    fn component(&self, reference: &ComponentReference) -> Option<&'t Component> {
        let mut extensions = self.tool.extensions.iter().flatten();
        match (reference.index.and_then(|index| usize::try_from(index).ok()), &reference.name) {
            (Some(index), _) => extensions.nth(index),
            (None, Some(name)) if *name != self.tool.driver.name => {
                extensions.find(|component| component.name == *name)
            }
            (None, _) => Some(&self.tool.driver),
        }
    }
}

impl Rule {
    /// The level of its results when they have none (§3.49.14, §3.50.3).
    pub(super) fn level(&self) -> Option<&str> {
        self.default_configuration.as_ref()?.level.as_deref()
    }

    /// The severity by its score.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.properties.as_ref()?.severity()
    }
}
