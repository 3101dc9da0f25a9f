//! What a gate demands of documents, and what comes of it.

use std::fmt;

use crate::clock::Timestamp;
use crate::http::Url;
use crate::measure::predictions::{PredictionsFacts, PredictionsRequest};
use crate::verdict::{
    Comparator, Decide, Holding, Interval, Pair, Quantity, Threshold, Verdict, text,
};

/// What one gate demands.
pub trait Criterion: fmt::Debug + Send + Sync {
    /// What it must be given before it can judge.
    fn needs(&self) -> Vec<Need>;

    /// Every limit it holds something against: what `policy diff` compares, and what a report is
    /// held to.
    fn demands(&self) -> Vec<Demand>;

    /// Everything else that says what the gate means: key and value as people read them.
    fn terms(&self) -> Vec<(String, String)>;

    /// Judges what was given; at least one answer for each demand.
    ///
    /// A need without a document, a document that could not be had, and one that cannot be read are
    /// answers with [`Verdict::Error`].
    fn judge(&self, given: &Given<'_>) -> Vec<Answer>;
}

/// Something that a gate must be given.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// Files below the folder of evidence.
    Files {
        /// A path, in whose parts `*`, `?` and `[a-z]` stand for what a shell makes of them.
        pattern: String,
        /// The policy's line.
        line: usize,
    },
    /// The file at a path below the folder of evidence, or all files below the folder there.
    Below {
        /// The path.
        path: String,
        /// The policy's line.
        line: usize,
    },
    /// What a server answers to a `GET`.
    Fetch {
        /// The address.
        url: Url,
        /// The policy's line.
        line: usize,
    },
    /// Facts about predictions; the manifest of each file of them is a document of this need, and
    /// so is the reason where it could not be had. One for each gate at most.
    Predictions(Box<PredictionsNeed>),
}

/// Predictions below the folder of evidence, and what is wanted of them.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionsNeed {
    /// The candidate's: a file or a folder.
    pub file: String,
    /// The champion's, where it is compared with.
    pub champion: Option<String>,
    /// What is wanted.
    pub request: PredictionsRequest,
    /// The policy's line.
    pub line: usize,
}

impl PredictionsNeed {
    /// Whether the model's answers are judged, rather than when and how fast they came.
    #[must_use]
    pub fn judges_answers(&self) -> bool {
        self.request.latency.is_none() && self.request.timestamps.is_none()
    }
}

/// What a gate was given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The instant of the question.
    pub now: Timestamp,
    /// Documents in the order of the needs, those of one pattern sorted by name. What could not be
    /// had, as a pattern that meets no file, is a document without content.
    pub documents: &'a [Document],
    /// What was measured of predictions, where they were asked for and could be read.
    pub predictions: Option<&'a PredictionsFacts>,
}

impl<'a> Given<'a> {
    /// The documents of one need.
    pub fn of(self, need: usize) -> impl Iterator<Item = &'a Document> {
        self.documents.iter().filter(move |document| document.need == need)
    }
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which of the needs it is for.
    pub need: usize,
    /// Its path below the folder of evidence, or its address.
    pub name: String,
    /// Its bytes, or why it could not be had.
    pub content: Result<Vec<u8>, String>,
}

/// A limit of a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Its name in answers: `failed_max`.
    pub rule: String,
    /// How what is found must stand to it.
    pub comparator: Comparator,
    /// The limit.
    pub threshold: Quantity,
    /// Whether an interval decides where there is one, and the error rate of each of its ends;
    /// absent for limits on what has none.
    pub decide: Option<(Decide, f64)>,
    /// The policy's line.
    pub line: usize,
}

/// One demand on one thing, and how it was met.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the number says.
    pub decision: Verdict,
    /// What it is about, when not about all there is: a file, a group, an identifier.
    pub about: Option<String>,
    /// The demand.
    pub rule: String,
    /// The exact statistic; absent where nothing was computed.
    pub metric: Option<String>,
    /// What was found.
    pub observed: Option<Quantity>,
    /// What the true value may be.
    pub interval: Option<Interval>,
    /// Whether the interval or the value alone decided; absent where nothing was compared.
    pub decided_by: Option<Decide>,
    /// How `observed` must stand to `threshold`.
    pub comparator: Option<Comparator>,
    /// The limit.
    pub threshold: Option<Quantity>,
    /// The policy's line.
    pub line: usize,
    /// Rows the number rests on, of the champion and the candidate.
    pub counts: Option<Pair>,
    /// What was found, for people: one line, safe to print.
    pub sentence: String,
}

impl Answer {
    /// What could not be told: no number, and never a pass.
    #[must_use]
    pub fn untold(decision: Verdict, rule: &str, line: usize, sentence: &str) -> Self {
        debug_assert!(!decision.opens_door(), "what cannot be told does not pass");
        Self {
            decision,
            about: None,
            rule: rule.to_owned(),
            metric: None,
            observed: None,
            interval: None,
            decided_by: None,
            comparator: None,
            threshold: None,
            line,
            counts: None,
            sentence: text::printable(sentence),
        }
    }

    /// A count held against a limit. `doubtful` counts of nothing are inconclusive where they would
    /// pass.
    #[must_use]
    pub fn count(
        observed: u64,
        demand: &Demand,
        doubt: Doubt,
        sentence: impl Into<String>,
    ) -> Self {
        let met = match demand.threshold {
            Quantity::Count(limit) => demand.comparator.holds(observed, limit),
            _ => false,
        };
        let decision = match (met, doubt) {
            (false, _) => Verdict::Failed,
            (true, Doubt::TooLittle) => Verdict::Inconclusive,
            (true, Doubt::None) => Verdict::Passed,
        };
        Self::decided(decision, Quantity::Count(observed), demand, sentence)
    }

    /// A real number held against a limit, by its interval where it has one and the demand says so.
    #[must_use]
    pub fn real(
        observed: f64,
        interval: Option<Interval>,
        demand: &Demand,
        doubt: Doubt,
        sentence: impl Into<String>,
    ) -> Self {
        let limit = match demand.threshold {
            Quantity::Real(limit) => limit,
            _ => f64::NAN,
        };
        let decide = match (demand.decide, interval) {
            (Some((decide, _)), Some(_)) => decide,
            _ => Decide::Point,
        };
        let doubtful = doubt == Doubt::TooLittle;
        let comparator = demand.comparator;
        let holding = Holding { value: observed, interval, comparator, limit, decide, doubtful };
        let mut answer =
            Self::decided(holding.decide(), Quantity::Real(observed), demand, sentence);
        answer.interval = interval;
        answer.decided_by = Some(decide);
        answer
    }

    /// A word held against the one that is wanted.
    #[must_use]
    pub fn word(observed: &str, demand: &Demand, sentence: impl Into<String>) -> Self {
        let same = matches!(&demand.threshold, Quantity::Text(wanted) if wanted == observed);
        let decision = if same { Verdict::Passed } else { Verdict::Failed };
        Self::decided(decision, Quantity::Text(observed.to_owned()), demand, sentence)
    }

    fn decided(
        decision: Verdict,
        observed: Quantity,
        demand: &Demand,
        sentence: impl Into<String>,
    ) -> Self {
        let mut answer = Self::untold(Verdict::Error, &demand.rule, demand.line, &sentence.into());
        answer.decision = decision;
        answer.observed = Some(observed);
        answer.comparator = Some(demand.comparator);
        answer.threshold = Some(demand.threshold.clone());
        answer
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, what: impl Into<String>) -> Self {
        self.about = Some(what.into());
        self
    }

    /// Names the exact statistic.
    #[must_use]
    pub fn metric(mut self, id: &str) -> Self {
        self.metric = Some(id.to_owned());
        self
    }
}

/// Whether there is too little behind a number to pass by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No.
    None,
    /// Yes.
    TooLittle,
}

impl Demand {
    /// A limit on a real number.
    #[must_use]
    pub fn real(rule: &str, comparator: Comparator, limit: Threshold) -> Self {
        let (threshold, line) = (Quantity::Real(limit.value), limit.line);
        Self { rule: rule.to_owned(), comparator, threshold, decide: None, line }
    }

    /// Says that an interval decides, whose ends have the error rate `alpha` each, or the value
    /// alone.
    #[must_use]
    pub fn decided(mut self, decide: Decide, alpha: f64) -> Self {
        self.decide = Some((decide, alpha));
        self
    }

    /// A word that is wanted.
    #[must_use]
    pub fn word(rule: &str, wanted: &str, line: usize) -> Self {
        let threshold = Quantity::Text(wanted.to_owned());
        Self { rule: rule.to_owned(), comparator: Comparator::Equal, threshold, decide: None, line }
    }

    /// The limit as a number; none where it is a word.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "limits on counts lie far below 2^53")]
    pub fn number(&self) -> Option<f64> {
        match self.threshold {
            Quantity::Count(count) => Some(count as f64),
            Quantity::Real(real) => Some(real),
            Quantity::Text(_) => None,
        }
    }

    /// A limit on a count.
    #[must_use]
    pub fn count(rule: &str, comparator: Comparator, limit: u64, line: usize) -> Self {
        let threshold = Quantity::Count(limit);
        Self { rule: rule.to_owned(), comparator, threshold, decide: None, line }
    }
}
