//! The `predictions` of a policy: files, and what their columns mean.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::checklist::limits::pattern;
use crate::checklist::{Need, PredictionsNeed};
use crate::measure::predictions::{PredictionColumns, PredictionsRequest};
use crate::quantity::Fraction;
use crate::yaml::{Faults, Fields, Node, boolean, list, name, share, value};

/// Where predictions lie.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::checklist) struct Source {
    /// The candidate's, below the folder of evidence.
    pub(in crate::checklist) file: String,
    /// The champion's.
    pub(in crate::checklist) champion: Option<String>,
    /// The share of rows that may lack a value.
    pub(in crate::checklist) missing_max: Fraction,
    /// The policy's line.
    pub(in crate::checklist) line: usize,
}

/// Predictions with the meaning of their columns.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::checklist) struct Predicted {
    pub(in crate::checklist) source: Source,
    pub(in crate::checklist) columns: PredictionColumns,
    /// Columns whose values are groups, each alone, and several together.
    pub(in crate::checklist) groupings: Vec<Vec<String>>,
}

impl Source {
    /// Where predictions lie when nothing is said of it.
    pub(in crate::checklist) fn default_at(line: usize) -> Self {
        Self {
            file: FILE_DEFAULT.to_owned(),
            champion: Some(CHAMPION_DEFAULT.to_owned()),
            missing_max: Fraction::ZERO,
            line,
        }
    }

    /// The need for what a request says.
    pub(in crate::checklist) fn need(&self, request: PredictionsRequest) -> Need {
        let champion = self.champion.clone().filter(|_| request.champion);
        Need::Predictions(Box::new(PredictionsNeed {
            file: self.file.clone(),
            champion,
            request,
            line: self.line,
        }))
    }

    /// What a reader of the policy should know besides the limits.
    pub(in crate::checklist) fn terms(&self) -> Vec<(String, String)> {
        let mut terms = vec![("predictions.file".to_owned(), self.file.clone())];
        terms.extend(
            self.champion.iter().map(|file| ("predictions.champion".to_owned(), file.clone())),
        );
        let missing = self.missing_max.value();
        terms.push(("predictions.missing_max".to_owned(), missing.to_string()));
        terms
    }
}

impl Predicted {
    /// As [`Source::terms`], with the columns.
    pub(in crate::checklist) fn terms(&self) -> Vec<(String, String)> {
        let named = &self.columns;
        let columns = [
            ("label", &named.label),
            ("score", &named.score),
            ("decision", &named.decision),
            ("prediction", &named.prediction),
            ("weight", &named.weight),
            ("positive", &named.positive),
        ];
        let columns = columns
            .into_iter()
            .filter_map(|(key, column)| Some((format!("predictions.{key}"), column.clone()?)));
        let mut terms = self.source.terms();
        terms.extend(columns);
        if named.one_versus_rest {
            terms.push(("predictions.one_versus_rest".to_owned(), "true".to_owned()));
        }
        let groupings = self.groupings.iter().map(|columns| columns.join(" × "));
        terms.extend(groupings.map(|columns| ("predictions.groups".to_owned(), columns)));
        terms
    }
}

/// The keys that say where predictions lie.
pub(in crate::checklist) fn read_source(fields: &mut Fields<'_>, faults: &mut Faults) -> Source {
    let line = fields.place().line;
    let file = fields.optional("file", faults, pattern);
    let champion = fields.optional("champion", faults, pattern);
    let missing_max = fields.optional("missing_max", faults, share);
    let default = Source::default_at(line);
    Source {
        file: file.unwrap_or(default.file),
        champion: champion.or(default.champion),
        missing_max: missing_max.unwrap_or(default.missing_max),
        line,
    }
}

/// A `predictions` map; groups are asked for where a kind judges groups.
pub(in crate::checklist) fn read_predicted(
    node: &Node,
    groups: Groups,
    faults: &mut Faults,
) -> Option<Predicted> {
    let mut fields = Fields::of(node, "`predictions`", faults)?;
    let source = read_source(&mut fields, faults);
    let columns = PredictionColumns {
        label: fields.required("label", faults, name),
        score: fields.optional("score", faults, name),
        decision: fields.optional("decision", faults, name),
        prediction: fields.optional("prediction", faults, name),
        weight: fields.optional("weight", faults, name),
        positive: fields.optional("positive", faults, value),
        one_versus_rest: fields.optional("one_versus_rest", faults, boolean).unwrap_or(false),
    };
    let mut groupings = Vec::new();
    if groups == Groups::Wanted {
        let single = fields.required("groups", faults, |node, faults| {
            list(node, "a list of columns", faults, name)
        });
        groupings.extend(single.unwrap_or_default().into_iter().map(|column| vec![column]));
        let several = fields.optional("intersections", faults, |node, faults| {
            list(node, "a list of lists of columns", faults, |node, faults| {
                list(node, "a list of columns", faults, name)
            })
        });
        groupings.extend(several.unwrap_or_default());
    }
    fields.finish(faults);
    Some(Predicted { source, columns, groupings })
}

/// Whether a kind judges groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checklist) enum Groups {
    Wanted,
    None,
}

/// Where predictions lie unless the policy says otherwise.
const FILE_DEFAULT: &str = "predictions.parquet";

/// Where the champion's lie unless the policy says otherwise.
const CHAMPION_DEFAULT: &str = "champion.parquet";
