//! From estimates to answers.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::checklist::{Answer, Demand, Doubt, Given};
use crate::measure::predictions::{Estimate, SideFacts};
use crate::quantity::Fraction;
use crate::verdict::{Decide, Interval, Pair, Verdict, number};
use crate::yaml::{Faults, Fields, Limit, choice, number as real};

/// What decides, and the error rate of each one-sided bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::checklist) struct Deciding {
    pub(in crate::checklist) decide: Decide,
    pub(in crate::checklist) alpha: f64,
}

/// The keys `decide` and `alpha`.
pub(in crate::checklist) fn read_deciding(
    fields: &mut Fields<'_>,
    faults: &mut Faults,
) -> Deciding {
    const WORDS: [(&str, Decide); 2] = [("interval", Decide::Interval), ("point", Decide::Point)];
    let decide = fields.optional("decide", faults, |node, faults| choice(node, &WORDS, faults));
    let alpha = fields.optional("alpha", faults, |node, faults| {
        let alpha = real(node, Limit::Rate, faults)?;
        let fits = (ALPHA_MIN..=ALPHA_MAX).contains(&alpha);
        if !fits {
            let message = format!("expected an error rate from {ALPHA_MIN} to {ALPHA_MAX}");
            faults.add(node.place, message);
        }
        fits.then_some(alpha)
    });
    Deciding { decide: decide.unwrap_or(Decide::Interval), alpha: alpha.unwrap_or(ALPHA_DEFAULT) }
}

impl Deciding {
    /// The error rate as a share.
    pub(in crate::checklist) fn alpha(self) -> Fraction {
        Fraction::new(self.alpha).unwrap_or(Fraction::ZERO)
    }

    /// What a reader of the policy should know.
    pub(in crate::checklist) fn terms(self) -> Vec<(String, String)> {
        let decide = match self.decide {
            Decide::Interval => "interval",
            Decide::Point => "point",
        };
        vec![("decide".to_owned(), decide.to_owned()), ("alpha".to_owned(), self.alpha.to_string())]
    }
}

/// An estimate held against a limit.
#[derive(Debug, Clone)]
pub(in crate::checklist) struct Held<'a> {
    /// What is estimated, as sentences begin: `auc`.
    pub(in crate::checklist) what: String,
    pub(in crate::checklist) estimate: Estimate,
    pub(in crate::checklist) demand: &'a Demand,
    pub(in crate::checklist) deciding: Deciding,
    /// Why there is too little behind it to pass, if so.
    pub(in crate::checklist) doubt: Option<String>,
}

impl Held<'_> {
    /// The answer: too little behind a number, or bounds that the rows cannot give where bounds
    /// decide, is inconclusive.
    pub(in crate::checklist) fn answer(self) -> Answer {
        let Estimate { value, bounds } = self.estimate;
        let interval =
            bounds.map(|(lower, upper)| Interval { lower, upper, alpha: self.deciding.alpha });
        let interval = interval.filter(|_| self.deciding.decide == Decide::Interval);
        let unbounded = self.deciding.decide == Decide::Interval && interval.is_none();
        let why = self.doubt.or_else(|| {
            unbounded.then(|| "the rows are too few to say between what it may lie".to_owned())
        });
        let doubt = if why.is_some() { Doubt::TooLittle } else { Doubt::None };
        let mut answer = Answer::real(value, interval, self.demand, doubt, String::new());
        let limit = self.demand.number().unwrap_or(f64::NAN);
        let (shown, limit_shown) = number::against(value, limit);
        let range = interval
            .map(|interval| format!(" ({})", number::interval(interval, limit)))
            .unwrap_or_default();
        let what = &self.what;
        let comparator = self.demand.comparator;
        answer.sentence = match (answer.decision, why) {
            (Verdict::Inconclusive, Some(why)) => format!("{what} {shown}{range}: {why}"),
            (Verdict::Inconclusive, None) => {
                format!("{what} {shown}{range} may lie on either side of {limit_shown}")
            }
            (Verdict::Passed, _) => {
                format!("{what} {shown}{range} {} {limit_shown}", comparator.met())
            }
            (Verdict::Failed, _) => {
                format!("{what} {shown}{range} {} {limit_shown}", comparator.broken())
            }
            _ => format!("{what} {shown} cannot be held against {limit_shown}"),
        };
        answer
    }
}

/// The candidate's facts, or the sentence that says why there are none. Predictions are the first
/// need of every kind that has them.
pub(in crate::checklist) fn side_problem<'a>(given: &Given<'a>) -> Result<&'a SideFacts, String> {
    match given.predictions {
        None => Err(given.of(0).find_map(|document| document.content.clone().err()).map_or_else(
            || "no predictions were given".to_owned(),
            |why| format!("the predictions cannot be had: {why}"),
        )),
        Some(facts) => facts.candidate.as_ref().map_err(Clone::clone),
    }
}

/// Rows behind a number.
pub(in crate::checklist) fn counts(candidate: u64, champion: u64) -> Pair {
    Pair { reference: champion, candidate }
}

const ALPHA_DEFAULT: f64 = 0.05;
/// Fewer resamples than that lie beyond a bound.
const ALPHA_MIN: f64 = 0.001;
const ALPHA_MAX: f64 = 0.25;
