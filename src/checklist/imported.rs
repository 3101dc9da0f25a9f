//! Numbers that a training or an evaluation wrote as JSON, taken as they stand.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use schemars::JsonSchema;

use super::limits::pattern;
use super::{Answer, Demand, Document, Doubt, Given, Need};
use crate::evidence::metrics::{self, MetricPath};
use crate::verdict::{Comparator, Threshold, Verdict, number, text};
use crate::yaml::shape::{Name, NonNegative};
use crate::yaml::{Faults, Fields, Limit, Node, list, name, number as real};

/// Documents, and limits on numbers in each of them.
#[derive(Debug, Clone)]
pub(super) struct Imported {
    file: String,
    line: usize,
    values: Vec<ImportedLimit>,
}

/// A number at a place, with its limits.
#[derive(Debug, Clone)]
struct ImportedLimit {
    path: MetricPath,
    min: Option<Threshold>,
    max: Option<Threshold>,
}

impl Imported {
    /// `{file: …, values: [{path: …, min: …}]}`.
    pub(super) fn read(node: &Node, faults: &mut Faults) -> Option<Self> {
        let mut fields = Fields::of(node, "`metrics`", faults)?;
        let file = fields.required("file", faults, pattern);
        let values = fields.required("values", faults, |node, faults| {
            list(node, "a list of numbers and their limits", faults, ImportedLimit::read)
        });
        fields.finish(faults);
        Some(Self { file: file?, line: node.place.line, values: values? })
    }

    /// The documents.
    pub(super) fn need(&self) -> Need {
        Need::Files { pattern: self.file.clone(), line: self.line }
    }

    /// Where they lie, as people read it.
    pub(super) fn term(&self) -> (String, String) {
        ("metrics.file".to_owned(), self.file.clone())
    }

    /// All limits.
    pub(super) fn demands(&self) -> impl Iterator<Item = Demand> {
        self.values.iter().flat_map(ImportedLimit::demands)
    }

    /// One answer for each limit and document.
    pub(super) fn judge(&self, given: &Given<'_>, need: usize) -> Vec<Answer> {
        let documents: Vec<&Document> = given.of(need).collect();
        let mut answers = Vec::new();
        for value in &self.values {
            for demand in value.demands() {
                if documents.is_empty() {
                    let sentence = "no file fits the pattern";
                    let untold =
                        Answer::untold(Verdict::Error, &demand.rule, demand.line, sentence);
                    answers.push(untold.about(text::name(&self.file)));
                }
                for document in &documents {
                    let answer = value.answer(document, &demand);
                    answers.push(answer.about(text::name(&document.name)));
                }
            }
        }
        answers
    }
}

impl ImportedLimit {
    fn read(node: &Node, faults: &mut Faults) -> Option<Self> {
        let mut fields = Fields::of(node, "a number", faults)?;
        let path = fields.required("path", faults, |node, faults| {
            let text = name(node, faults)?;
            match text.parse::<MetricPath>() {
                Ok(path) => Some(path),
                Err(error) => {
                    faults.add(node.place, error.to_string());
                    None
                }
            }
        });
        let ends = ends(&mut fields, Limit::NonNegative, faults);
        fields.finish(faults);
        let (min, max) = ends?;
        Some(Self { path: path?, min, max })
    }

    /// Its limits: of a number without an interval.
    fn demands(&self) -> impl Iterator<Item = Demand> {
        let path = self.path.to_string();
        let limits =
            [("min", Comparator::AtLeast, self.min), ("max", Comparator::AtMost, self.max)];
        limits.into_iter().filter_map(move |(end, comparator, limit)| {
            Some(Demand::real(&format!("{path}_{end}"), comparator, limit?))
        })
    }

    fn answer(&self, document: &Document, demand: &Demand) -> Answer {
        let found = document.content.as_ref().map_err(Clone::clone).and_then(|bytes| {
            metrics::number(bytes, &self.path).map_err(|error| error.to_string())
        });
        let found = match found {
            Ok(found) => found,
            Err(why) => {
                return Answer::untold(Verdict::Error, &demand.rule, demand.line, &why);
            }
        };
        let limit = demand.number().unwrap_or(f64::NAN);
        let (shown, limit_shown) = number::against(found, limit);
        let comparator = demand.comparator;
        let sign =
            if comparator.holds(found, limit) { comparator.met() } else { comparator.broken() };
        let path = text::name(&self.path.to_string());
        let sentence = format!("{path} {shown} {sign} {limit_shown}");
        Answer::real(found, None, demand, Doubt::None, sentence)
    }
}

/// `min` and `max`, one at least.
pub(super) fn ends(
    fields: &mut Fields<'_>,
    range: Limit,
    faults: &mut Faults,
) -> Option<(Option<Threshold>, Option<Threshold>)> {
    let place = fields.place();
    let written = fields.node("min").is_some() || fields.node("max").is_some();
    let mut end = |key| fields.optional(key, faults, |node, faults| threshold(node, range, faults));
    let (min, max) = (end("min"), end("max"));
    if !written {
        faults.add_with_hint(place, "a limit needs `min` or `max`", "write `{min: …}`");
        return None;
    }
    if let (Some(min), Some(max)) = (min, max)
        && min.value > max.value
    {
        faults.add(place, format!("no number lies between `{}` and `{}`", min.value, max.value));
    }
    Some((min, max))
}

/// A number with its line.
pub(super) fn threshold(node: &Node, range: Limit, faults: &mut Faults) -> Option<Threshold> {
    Some(Threshold { value: real(node, range, faults)?, line: node.place.line })
}

/// Numbers of a JSON document.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
#[expect(dead_code, reason = "it exists for its JSON Schema alone")]
pub(super) struct ImportedNumbers {
    /// The file, below the folder of evidence; a pattern means several.
    file: Name,
    /// Numbers and their limits.
    #[schemars(extend("minItems" = 1))]
    values: Vec<ImportedNumber>,
}

/// A number and its limits.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
#[expect(dead_code, reason = "it exists for its JSON Schema alone")]
struct ImportedNumber {
    /// Where it stands: `test.auc`.
    path: Name,
    min: Option<NonNegative>,
    max: Option<NonNegative>,
}
