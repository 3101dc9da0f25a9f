//! What a load test found.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::LatencyError;

/// What a load test found. Absent is what the document does not say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LatencyFacts {
    /// Quantiles listed by name: share of the requests and milliseconds, shares ascending.
    pub(super) listed: Vec<Quantile>,
    /// A cumulative distribution, fine enough to look any quantile up in.
    pub(super) spectrum: Vec<Quantile>,
    /// Mean in milliseconds.
    pub mean_ms: Option<f64>,
    /// Longest in milliseconds.
    pub max_ms: Option<f64>,
    /// Requests made, 1 at least.
    pub requests: Option<u64>,
    /// Requests per second.
    pub throughput_per_second: Option<f64>,
    /// Share of the requests that failed, from 0 to 1.
    pub failed_share: Option<f64>,
}

/// One point of a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quantile {
    pub(super) share: f64,
    pub(super) ms: f64,
}

impl LatencyFacts {
    /// Milliseconds that the share `share` of the requests took at most: the quantile listed for
    /// that share, or else the first point of the spectrum at or above it, which is no less than the
    /// true one. `None` when the document holds neither; nothing is interpolated.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let listed = self.listed.iter().find(|point| same(point.share, share));
        let above = || self.spectrum.iter().find(|p| p.share >= share || same(p.share, share));
        let inside = (0.0..=1.0).contains(&share);
        if inside { listed.or_else(above).map(|point| point.ms) } else { None }
    }

    /// The shares that quantiles are listed for, ascending, for messages.
    #[must_use]
    pub fn listed_shares(&self) -> Vec<f64> {
        self.listed.iter().map(|point| point.share).collect()
    }

    /// The facts, if there is a request in them and no quantile lies below a smaller one.
    pub(super) fn checked(mut self) -> Result<Self, LatencyError> {
        if self.requests == Some(0) {
            return Err(LatencyError::NoRequests);
        }
        self.listed.sort_by(|a, b| a.share.total_cmp(&b.share));
        for points in [&self.listed, &self.spectrum] {
            for (before, after) in points.iter().zip(points.iter().skip(1)) {
                if after.ms < before.ms || after.share < before.share {
                    return Err(LatencyError::Falls {
                        before: before.share,
                        before_ms: before.ms,
                        after: after.share,
                        after_ms: after.ms,
                    });
                }
            }
        }
        Ok(self)
    }
}

/// The same quantile, whether it was written as 99.9 per cent or as 0.999.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// The unit of numbers in a text that does not name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// 10⁻⁹ s.
    Nanoseconds,
    /// 10⁻⁶ s.
    Microseconds,
    /// 10⁻³ s.
    Milliseconds,
    /// One second.
    Seconds,
}

impl TimeUnit {
    /// So many of it in milliseconds, by one division or multiplication: `700` µs are the float
    /// nearest to 0.7.
    #[must_use]
    pub fn to_ms(self, value: f64) -> f64 {
        match self {
            Self::Nanoseconds => value / 1e6,
            Self::Microseconds => value / 1e3,
            Self::Milliseconds => value,
            Self::Seconds => value * 1e3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(points: &[(f64, f64)]) -> Vec<Quantile> {
        points.iter().map(|&(share, ms)| Quantile { share, ms }).collect()
    }

    #[test]
    fn a_quantile_is_listed_or_the_next_point_of_the_spectrum() {
        let facts = LatencyFacts {
            listed: points(&[(0.5, 1.0), (99.9 / 100.0, 9.0)]),
            spectrum: points(&[(0.0, 0.5), (0.9, 4.0), (0.95, 5.0), (1.0, 10.0)]),
            ..LatencyFacts::default()
        };
        let found = |share| facts.quantile_ms(share);
        assert_eq!(found(0.5), Some(1.0));
        assert_eq!(found(0.999), Some(9.0));
        assert_eq!(found(0.91), Some(5.0));
        assert_eq!(found(1.0), Some(10.0));
        assert_eq!((found(1.1), found(f64::NAN), found(-0.1)), (None, None, None));
        let listed = LatencyFacts { spectrum: Vec::new(), ..facts };
        assert_eq!(listed.quantile_ms(0.95), None, "nothing is interpolated");
    }

    #[test]
    fn quantiles_that_fall_are_refused() {
        let facts =
            LatencyFacts { listed: points(&[(0.99, 3.0), (0.5, 4.0)]), ..LatencyFacts::default() };
        assert_eq!(
            facts.checked().unwrap_err().to_string(),
            "the latency falls from 4 ms to 3 ms between the quantiles 0.5 and 0.99"
        );
    }
}
