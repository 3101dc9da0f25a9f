//! Measures one column on both sides.

use std::sync::Arc;

use super::bins::{Bins, quantile_ranks};
use super::counts::drift_of;
use super::distances::ks_facts;
use super::pair::{Cut, SideKeys, join};
use super::subject::{Subject, Wanted};
use super::{
    ColumnFacts, ColumnRequest, DistributionKind, Drift, DriftRequest, MeasurementRequest,
    PairTally, Quantile, SideFacts,
};
use crate::contract::{KeyDomain, LogicalType};
use crate::profile::{ColumnProfile, KeyShelf, Presence, Values, text_of};
use crate::scan::{BucketsWanted, ScanError, ValuesWanted};
use crate::stats::histogram::BucketMap;
use crate::stats::joint::{JointDistribution, KeyCount, Question, Side};
use crate::stats::{moments, wasserstein_1};

/// Measures a column.
///
/// # Errors
/// [`ScanError`] when either side cannot be read.
pub(super) fn measure_column(
    reference: &Subject<'_>,
    candidate: &Subject<'_>,
    column: &ColumnRequest,
    request: &MeasurementRequest,
    memory: &Memory,
) -> Result<ColumnFacts, ScanError> {
    let name = column.name.as_str();
    let types = (reference.logical_type(name), candidate.logical_type(name));
    // Promises were resolved against the reference's type, the candidate's where it has none.
    let alike = match types {
        (Some(ours), Some(theirs)) => same_values(ours, theirs),
        _ => true,
    };
    let cut = cut(reference, candidate, column, types.0.filter(|_| alike), memory)?;
    let wanted = |side, comparable| {
        let shelf = memory.shelf_for(reference, candidate);
        let values = match &cut {
            _ if column.drift.is_none() => ValuesWanted::None,
            None => ValuesWanted::Held(shelf),
            Some((cut, many)) => {
                let many = many[usize::from(side == Side::Candidate)];
                ValuesWanted::Bucketed(BucketsWanted { map: &cut.map, shelf, many })
            }
        };
        Wanted { column, side, request, values, comparable }
    };
    let mut ours = reference.profile(&wanted(Side::Reference, true))?;
    let mut theirs = candidate.profile(&wanted(Side::Candidate, alike))?;
    let logical_type = types.0.or(types.1).cloned().unwrap_or(LogicalType::Other(String::new()));
    let domain = KeyDomain::of(&logical_type);
    // Without drift nothing is known of the values, and nothing may depend on what happens to be.
    let known = ours.as_ref().filter(|_| column.drift.is_some());
    let kind = kind_of(&logical_type, column.as_categories, known.map(|(profile, _)| &**profile));
    let tally = |index: usize| PairTally {
        reference: ours.as_ref().and_then(|(_, tallies)| tallies[index].clone()),
        candidate: theirs.as_ref().and_then(|(_, tallies)| tallies[index].clone()),
    };
    let mut facts = ColumnFacts {
        name: name.to_owned(),
        kind,
        logical_type,
        domain,
        reference: ours.as_ref().map(|(profile, _)| side_facts(profile, types.0)),
        candidate: theirs.as_ref().map(|(profile, _)| side_facts(profile, types.1)),
        drift: None,
        expectations: (0..column.expectations.len()).map(tally).collect(),
    };
    if let (Some(drift), Some((ours, _)), Some((theirs, _))) =
        (column.drift, &mut ours, &mut theirs)
    {
        facts.drift = Some(if alike {
            let cut = cut.map_or_else(|| Cut::of_read([ours, theirs]), |(cut, _)| cut);
            let profiles = Profiles { reference: ours, candidate: theirs };
            measure_drift(&mut facts, &profiles, (reference, candidate), (drift, cut))?
        } else {
            let reason = "the type changed: values cannot be compared".to_owned();
            Drift::Unmeasurable { reason }
        });
    }
    Ok(facts)
}

/// Where values are kept while a pair is measured.
#[derive(Debug)]
pub(super) struct Memory {
    /// Bytes that values may take.
    pub(super) bytes: u64,
    /// Blocks that are used again from column to column.
    pub(super) shelf: Arc<KeyShelf>,
}

impl Memory {
    /// Bytes that one column's values take on both sides.
    pub(super) fn needed(reference: &Subject<'_>, candidate: &Subject<'_>) -> u64 {
        let values = reference.rows().saturating_add(candidate.rows());
        values.saturating_mul(HELD_BYTES_PER_VALUE)
    }

    fn fits(&self, reference: &Subject<'_>, candidate: &Subject<'_>) -> bool {
        Self::needed(reference, candidate) <= self.bytes
    }

    /// The shelf, when one column's values fit the memory.
    fn shelf_for(
        &self,
        reference: &Subject<'_>,
        candidate: &Subject<'_>,
    ) -> Option<&Arc<KeyShelf>> {
        self.fits(reference, candidate).then_some(&self.shelf)
    }
}

/// Cuts buckets for a column of many values on either side before it is read, and says of each side whether its
/// sample alone has more distinct values than are counted one by one.
fn cut(
    reference: &Subject<'_>,
    candidate: &Subject<'_>,
    column: &ColumnRequest,
    logical_type: Option<&LogicalType>,
    memory: &Memory,
) -> Result<Option<(Cut, [bool; 2])>, ScanError> {
    let by_buckets = column.drift.is_some_and(|drift| !drift.whole_multiset)
        && logical_type.and_then(KeyDomain::of).is_some()
        && (reference.rows().max(candidate.rows()) > READ_FIRST_ROWS
            || !memory.fits(reference, candidate));
    if !by_buckets {
        return Ok(None);
    }
    let (mut sample, theirs) = (reference.sample(&column.name)?, candidate.sample(&column.name)?);
    let distinct = |keys: &[u64]| keys.chunk_by(|a, b| a == b).count();
    let many = |keys: &[u64]| distinct(keys) > crate::profile::COUNTED_VALUES_MAX;
    let many = [many(&sample), many(&theirs)];
    sample.extend(theirs);
    sample.sort_unstable();
    Ok(Some((Cut { map: BucketMap::cells(&sample), sample }, many)))
}

/// Whether values of two types can be compared with one another.
fn same_values(ours: &LogicalType, theirs: &LogicalType) -> bool {
    match (KeyDomain::of(ours), KeyDomain::of(theirs)) {
        (Some(ours), Some(theirs)) => ours == theirs,
        (None, None) => ours == theirs,
        _ => false,
    }
}

struct Profiles<'a> {
    reference: &'a ColumnProfile,
    candidate: &'a ColumnProfile,
}

impl Profiles<'_> {
    fn presence(&self) -> [Presence; 2] {
        [self.reference.presence, self.candidate.presence]
    }
}

fn measure_drift(
    facts: &mut ColumnFacts,
    profiles: &Profiles<'_>,
    subjects: (&Subject<'_>, &Subject<'_>),
    (drift, cut): (DriftRequest, Cut),
) -> Result<Drift, ScanError> {
    let Profiles { reference, candidate } = profiles;
    if let Some(reason) = reference.unmeasurable.as_ref().or(candidate.unmeasurable.as_ref()) {
        return Ok(Drift::Unmeasurable { reason: reason.clone() });
    }
    match (&reference.values, &candidate.values) {
        (Values::Categories(ours), Values::Categories(theirs)) => {
            for (side, values) in [(&mut facts.reference, ours), (&mut facts.candidate, theirs)] {
                if let Some(side) = side {
                    side.distinct = Some(values.len() as u64);
                }
            }
            let bins = Bins::of_categories(ours, theirs);
            Ok(Drift::Measured(Box::new(drift_of(&bins, profiles.presence(), drift.alpha))))
        }
        (Values::TooManyCategories, _) | (_, Values::TooManyCategories) => {
            let limit = crate::profile::CATEGORIES_MAX;
            let reason =
                format!("more than {limit} distinct values: an identifier, not a category");
            Ok(Drift::Unmeasurable { reason })
        }
        // A side without row groups holds no values of any form.
        (Values::Categories(_), _) | (_, Values::Categories(_)) => {
            let nothing = std::collections::BTreeMap::new();
            let side = |values: &Values| match values {
                Values::Categories(categories) => categories.clone(),
                _ => nothing.clone(),
            };
            let bins = Bins::of_categories(&side(&reference.values), &side(&candidate.values));
            Ok(Drift::Measured(Box::new(drift_of(&bins, profiles.presence(), drift.alpha))))
        }
        _ => measure_keys(facts, profiles, subjects, (drift, cut)),
    }
}

fn measure_keys(
    facts: &mut ColumnFacts,
    profiles: &Profiles<'_>,
    subjects: (&Subject<'_>, &Subject<'_>),
    (drift, cut): (DriftRequest, Cut),
) -> Result<Drift, ScanError> {
    let Some(domain) = facts.domain.clone() else {
        let reason = format!("the distribution of type `{}` is not measured", facts.logical_type);
        return Ok(Drift::Unmeasurable { reason });
    };
    let whole = drift.whole_multiset;
    let name = facts.name.clone();
    let ours = SideKeys::new(profiles.reference, subjects.0.snapshot(), &name, whole)?;
    let theirs = SideKeys::new(profiles.candidate, subjects.1.snapshot(), &name, whole)?;
    let (ours, theirs) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
    let by_value = match (&ours.whole, facts.kind) {
        (Some(pairs), DistributionKind::Categorical) if pairs.len() > BINS_MAX => {
            let reason = format!("{} distinct values are too many categories", pairs.len());
            return Ok(Drift::Unmeasurable { reason });
        }
        (None, DistributionKind::Categorical) => {
            let reason = "too many distinct values to be categories".to_owned();
            return Ok(Drift::Unmeasurable { reason });
        }
        (_, DistributionKind::Numeric | DistributionKind::Temporal) => None,
        (pairs, _) => pairs.as_deref(),
    };
    let ordered = !matches!(facts.kind, DistributionKind::Boolean | DistributionKind::Categorical);
    let mut question = Question {
        distance: ordered,
        reference_ranks: shown_ranks(ours.values),
        candidate_ranks: shown_ranks(theirs.values),
        keys: by_value.unwrap_or_default().iter().map(|pair| pair.0).collect(),
    };
    if by_value.is_none() {
        question.reference_ranks.extend(quantile_ranks(ours.values, drift.bins));
    }
    let joint = join(&ours, &theirs, &question, cut)?;
    for (facts, keys, side) in [
        (&mut facts.reference, &ours, Side::Reference),
        (&mut facts.candidate, &theirs, Side::Candidate),
    ] {
        if let Some(facts) = facts {
            complete(facts, keys, &joint, side, &domain);
        }
    }
    let bins = match by_value {
        Some(pairs) => Bins::of_values(pairs, theirs.whole.as_deref(), &joint, &domain),
        None => Bins::at_quantiles(&joint, &domain, drift.bins),
    };
    let mut found = drift_of(&bins, profiles.presence(), drift.alpha);
    if ordered {
        let ties = facts.kind == DistributionKind::LowCardinality || domain != KeyDomain::Float;
        found.ks = ks_facts(&joint, &domain, drift.alpha, ties);
    }
    if let (Some(ours), Some(theirs)) = (&ours.whole, &theirs.whole)
        && ordered
    {
        found.wasserstein = wasserstein_1(&numbers(ours, &domain), &numbers(theirs, &domain))
            .filter(|distance| distance.is_finite());
        let sigma = facts.reference.as_ref().and_then(|side| side.standard_deviation);
        found.wasserstein_scaled = found
            .wasserstein
            .zip(sigma.filter(|&sigma| sigma > 0.0))
            .map(|(distance, sigma)| distance / sigma);
    }
    Ok(Drift::Measured(Box::new(found)))
}

fn kind_of(
    logical_type: &LogicalType,
    as_categories: bool,
    reference: Option<&ColumnProfile>,
) -> DistributionKind {
    match (logical_type, KeyDomain::of(logical_type)) {
        (LogicalType::String | LogicalType::Binary | LogicalType::FixedBinary { .. }, _) => {
            DistributionKind::Categorical
        }
        (_, None) => DistributionKind::Unsupported,
        (_, Some(KeyDomain::Boolean)) => DistributionKind::Boolean,
        (_, Some(_)) if as_categories => DistributionKind::Categorical,
        (
            _,
            Some(
                KeyDomain::Date
                | KeyDomain::Time(_)
                | KeyDomain::Timestamp { .. }
                | KeyDomain::Duration(_),
            ),
        ) => DistributionKind::Temporal,
        (_, Some(_)) => match reference.map(|profile| &profile.values) {
            Some(Values::Counted(pairs)) if pairs.len() <= LOW_CARDINALITY_MAX => {
                DistributionKind::LowCardinality
            }
            _ => DistributionKind::Numeric,
        },
    }
}

/// What presence and extremes tell; the rest is known only where a distribution was measured.
fn side_facts(profile: &ColumnProfile, logical_type: Option<&LogicalType>) -> SideFacts {
    let domain = logical_type.and_then(KeyDomain::of);
    let text = |key: u64| domain.as_ref().map(|domain| domain.text(key));
    let (min, max) = match (&profile.keys, &profile.texts) {
        (Some((low, high)), _) => (text(*low), text(*high)),
        (None, Some((low, high))) => (Some(text_of(low)), Some(text_of(high))),
        (None, None) => (None, None),
    };
    let presence = profile.presence;
    SideFacts {
        rows: presence.rows,
        nulls: presence.nulls,
        nans: presence.nans,
        negative_infinities: presence.negative_infinities,
        positive_infinities: presence.positive_infinities,
        min,
        max,
        min_key: profile.keys.map(|keys| keys.0),
        max_key: profile.keys.map(|keys| keys.1),
        distinct: None,
        mean: None,
        standard_deviation: None,
        quantiles: Vec::new(),
    }
}

/// Adds what the distribution tells of one side.
fn complete(
    facts: &mut SideFacts,
    keys: &SideKeys<'_>,
    joint: &JointDistribution,
    side: Side,
    domain: &KeyDomain,
) {
    let quantile = |(&percent, rank): (&u8, u64)| {
        let value = domain.text(joint.key_of_rank(side, rank)?);
        Some(Quantile { percent, value })
    };
    facts.quantiles =
        QUANTILES_SHOWN.iter().zip(shown_ranks(keys.values)).filter_map(quantile).collect();
    if let Some(pairs) = &keys.whole {
        facts.distinct = Some(pairs.len() as u64);
        let finite: Vec<(f64, u64)> =
            numbers(pairs, domain).into_iter().filter(|pair| pair.0.is_finite()).collect();
        if finite.len() == pairs.len()
            && let Some(found) = moments(&finite)
        {
            facts.mean = Some(found.mean);
            facts.standard_deviation = Some(found.sigma);
        }
    }
}

fn numbers(pairs: &[KeyCount], domain: &KeyDomain) -> Vec<(f64, u64)> {
    pairs.iter().map(|&(key, count)| (domain.number(key), count)).collect()
}

fn shown_ranks(values: u64) -> Vec<u64> {
    let rank = |&percent: &u8| (u128::from(values) * u128::from(percent)).div_ceil(100);
    let ranks = QUANTILES_SHOWN.iter().map(rank).map(|rank| u64::try_from(rank).unwrap_or(0));
    if values == 0 { Vec::new() } else { ranks.collect() }
}

/// Percentiles of the shift table.
const QUANTILES_SHOWN: [u8; 9] = [1, 5, 10, 25, 50, 75, 90, 95, 99];
/// A numeric reference with at most this many distinct values has one bin per value.
const LOW_CARDINALITY_MAX: usize = 20;
/// Most bins of a column whose numbers are categories.
const BINS_MAX: usize = crate::profile::COUNTED_VALUES_MAX;
/// Up to so many rows a column is read first and cut by what was read: it stays in a cache.
const READ_FIRST_ROWS: u64 = 1 << 20;
/// One key, its bucket, and a little for what is gathered.
const HELD_BYTES_PER_VALUE: u64 = 10;
