//! What a parity gate demands.

use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::evidence::tree::{PathPattern, Rules};
use crate::verdict::Comparator;

/// What a parity gate demands.
#[derive(Debug, Clone)]
pub(super) struct ParityRule {
    /// Two captures.
    pub(super) captures: Option<Sides>,
    /// How old the candidate's capture may be, in seconds.
    pub(super) max_age: Option<(u64, usize)>,
    /// Pairs of files or folders.
    pub(super) trees: Vec<Sides>,
    /// Most differences of each pair.
    pub(super) differences_max: (u64, usize),
}

/// Two things to compare, and what of them does not count.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    /// Path of the reference below the folder of evidence.
    pub(super) reference: String,
    /// Path of the candidate.
    pub(super) candidate: String,
    /// Paths whose differences do not count.
    pub(super) ignore: Vec<PathPattern>,
    /// Paths whose values are not shown.
    pub(super) secret: Vec<PathPattern>,
    /// The policy's line.
    pub(super) line: usize,
}

impl Sides {
    pub(super) fn rules(&self) -> Rules {
        Rules { ignore: self.ignore.clone(), secret: self.secret.clone() }
    }

    /// The pair as answers name it.
    pub(super) fn name(&self) -> String {
        format!("{} → {}", self.reference, self.candidate)
    }
}

impl ParityRule {
    pub(super) fn differences_max(&self) -> Demand {
        let (most, line) = self.differences_max;
        Demand::count("differences_max", Comparator::AtMost, most, line)
    }

    pub(super) fn max_age(&self) -> Option<Demand> {
        let (seconds, line) = self.max_age?;
        Some(Demand::count("max_age", Comparator::AtMost, seconds, line))
    }

    /// The pairs in the order of their needs, two for each.
    pub(super) fn pairs(&self) -> impl Iterator<Item = &Sides> {
        self.captures.iter().chain(&self.trees)
    }
}

impl Criterion for ParityRule {
    fn needs(&self) -> Vec<Need> {
        let captures = self.captures.iter().flat_map(|sides| {
            [&sides.reference, &sides.candidate]
                .map(|path| Need::Files { pattern: path.clone(), line: sides.line })
        });
        let trees = self.trees.iter().flat_map(|sides| {
            [&sides.reference, &sides.candidate]
                .map(|path| Need::Below { path: path.clone(), line: sides.line })
        });
        captures.chain(trees).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        std::iter::once(self.differences_max()).chain(self.max_age()).collect()
    }

    fn terms(&self) -> Vec<(String, String)> {
        let listed = |patterns: &[PathPattern]| {
            patterns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        let mut terms = Vec::new();
        for sides in self.pairs() {
            let name = sides.name();
            terms.push((format!("ignore of {name}"), listed(&sides.ignore)));
            if !sides.secret.is_empty() {
                terms.push((format!("secret of {name}"), listed(&sides.secret)));
            }
        }
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
