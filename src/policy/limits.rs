//! The limits of a drift rule as a list, for those who treat them alike.

use super::{DriftRule, Threshold};

/// One limit that a drift gate may set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftLimit {
    /// Its path in the document: `psi.max`.
    pub key: &'static str,
    /// The name of the demand in findings: `psi_max`.
    pub rule: &'static str,
    /// The limit; absent when the gate does not set it.
    pub threshold: Option<Threshold>,
    /// Which way is stricter.
    pub sense: LimitSense,
    /// Which columns it says something of.
    pub reach: LimitReach,
}

/// Which values keep a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitSense {
    /// Those below: less is stricter.
    Upper,
    /// Those above: more is stricter.
    Lower,
}

/// Which columns have the number that a limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitReach {
    /// All whose distribution is measured.
    All,
    /// Those with an order: numbers and times.
    Ordered,
}

impl DriftRule {
    /// Every limit there is, set or not, in the order of the document.
    pub fn limits(&self) -> impl Iterator<Item = DriftLimit> {
        use LimitReach::{All, Ordered};
        use LimitSense::{Lower, Upper};
        [
            ("psi.max", "psi_max", self.psi_max, Upper, All),
            ("psi.warn", "psi_warn", self.psi_warn, Upper, All),
            ("ks.d_max", "ks_d_max", self.ks_d_max, Upper, Ordered),
            ("ks.p_min", "ks_p_min", self.ks_p_min, Lower, Ordered),
            ("missing.psi_max", "missing_psi_max", self.missing_psi_max, Upper, All),
            ("missing.null_change.abs", "null_change_max", self.null_change_max, Upper, All),
            ("missing.nan_change.abs", "nan_change_max", self.nan_change_max, Upper, All),
            ("categories.new_max", "new_categories_max", self.new_categories_max, Upper, All),
            (
                "categories.vanished_max",
                "vanished_categories_max",
                self.vanished_categories_max,
                Upper,
                All,
            ),
            ("js_distance.max", "js_distance_max", self.js_distance_max, Upper, All),
            ("hellinger.max", "hellinger_max", self.hellinger_max, Upper, All),
            ("total_variation.max", "total_variation_max", self.total_variation_max, Upper, All),
            ("l_infinity.max", "l_infinity_max", self.l_infinity_max, Upper, All),
            (
                "wasserstein_scaled.max",
                "wasserstein_scaled_max",
                self.wasserstein_scaled_max,
                Upper,
                Ordered,
            ),
            ("cramers_v.max", "cramers_v_max", self.cramers_v_max, Upper, All),
            ("chi_square.p_min", "chi_square_p_min", self.chi_square_p_min, Lower, All),
        ]
        .into_iter()
        .map(|(key, rule, threshold, sense, reach)| DriftLimit {
            key,
            rule,
            threshold,
            sense,
            reach,
        })
    }
}
