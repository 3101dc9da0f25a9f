//! Pure numbers over slices: how far two samples lie apart, and how sure that is.
//!
//! Everything here takes counts (per bin, per category, per value) and gives a number or a bound.
//! Nothing here reads a file, knows a column, holds a threshold or starts a thread, and nothing
//! depends on anything but its arguments: the same counts give the same bits.
//!
//! Three habits run through the module:
//!
//! - **Integers first.** A difference of two shares is formed as a difference of integers and
//!   divided once. [`KsDistance`] stays a fraction until someone asks for its decimal.
//! - **Tails as logarithms.** A [`PValue`](crate::quantity::PValue) is ln p, computed through the
//!   survival function and never as 1 − cdf, so that 10⁻⁵⁰⁰ is smaller than 10⁻⁴⁰⁰ and not 0.
//! - **No answer over a wrong one.** An empty side, a single bin, a missing law give `None`; NaN
//!   never enters a comparison.
//!
//! | question | answer |
//! |---|---|
//! | how far apart are two ordered columns? | [`ks_distance`], [`wasserstein_1`], [`smirnov_band`] |
//! | how far apart are two binned columns? | [`psi()`], [`divergence()`], [`chi_square()`] |
//! | what may the true PSI be? | [`PsiLaw`] |
//! | did the share of something change? | [`proportion_change`], [`psi_missing`] |
//! | could chance have done it? | [`KsDistance::p_value`], [`PsiLaw::p_value`], [`Multiplicity`] |
//! | where is a column and how wide? | [`moments()`], [`rank_quantile()`] |
//! | how good are predictions? | [`ranking`], [`Confusion`], [`log_loss`], [`ErrorSums`] |
//! | do groups fare alike? | [`spread()`] |
//! | what may any of it truly be? | [`BlockSums`], [`share_bounds`], [`ranking::Area`] |
//!
//! The laws behind them ([`kolmogorov_sf`], [`chi_square_sf`], [`NoncentralChiSquare`]) are public
//! because a reader of a report may want to recompute it.
//!
//! ```
//! use driftgate::quantity::Fraction;
//! use driftgate::stats::{PsiLaw, ks_distance, psi};
//!
//! let (reference, candidate) = ([120, 110, 130, 140], [180, 120, 100, 100]);
//! let found = psi(&reference, &candidate).expect("both sides have values");
//! let law = PsiLaw { reference: 500, candidate: 500, bins: 4 };
//! let bounds = law.interval(found.value, Fraction::new(0.05).expect("a share")).expect("a law");
//! // SciPy 1.17.1, inverting `ncx2`: 0.0334 and 0.1571.
//! assert!((found.value - 0.0923).abs() < 5e-5);
//! assert!((bounds.lower - 0.0334).abs() < 5e-5 && (bounds.upper - 0.1571).abs() < 5e-5);
//!
//! let ks = ks_distance(&[(1, 120), (2, 380)], &[(1, 180), (2, 320)]).expect("two samples");
//! assert_eq!((ks.distance.d(), ks.at), (0.12, 1));
//! ```

pub mod histogram;
pub mod joint;
pub mod order_key;
pub mod ranking;
pub mod simd;

mod chi_square;
mod divergence;
mod ks;
mod moments;
mod multiplicity;
mod proportion;
mod psi;
mod psi_interval;
mod wasserstein;

mod bootstrap;
mod confusion;
mod parity;
mod probability;
mod rank_quantile;
mod regression;

mod kolmogorov;
mod kolmogorov_matrix;
mod ks_exact;
mod noncentral;
mod p_value;
mod smirnov;

mod deviance;
mod double_double;
mod incomplete_gamma;
mod random;
mod root;

#[cfg(test)]
mod kolmogorov_vectors;
#[cfg(test)]
mod sampling;

pub use bootstrap::{BLOCKS_MAX, Block, BlockSums, Kind as BootstrapKind, RESAMPLES, Resampled};
pub use chi_square::{ChiSquare, chi_square};
pub use confusion::{Confusion, share_bounds};
pub use divergence::{Divergence, divergence};
pub use kolmogorov::kolmogorov_sf;
pub use ks::{KsDistance, KsMethod, KsPValue, KsResult, Side, ks_distance};
pub use moments::{Moments, moments};
pub use multiplicity::Multiplicity;
pub use noncentral::NoncentralChiSquare;
pub use p_value::{chi_square_sf, normal_cdf, normal_quantile};
pub use parity::{Spread, spread};
pub use probability::{
    CalibrationBin, CalibrationBins, calibration_error, log_loss, squared_error,
};
pub use proportion::{Presence, Proportion, ProportionChange, proportion_change, psi_missing};
pub use psi::{Psi, psi};
pub use psi_interval::{PsiInterval, PsiLaw, TestDemand};
pub use rank_quantile::{RankQuantile, rank_quantile};
pub use regression::{ErrorSums, Predicted};
pub use smirnov::smirnov_band;
pub use wasserstein::wasserstein_1;
