//! (stub) stats

mod deviance;
mod incomplete_gamma;
mod kolmogorov;
mod kolmogorov_matrix;
#[cfg(test)]
mod kolmogorov_vectors;
mod ks;
mod ks_exact;
mod noncentral;
mod p_value;
mod psi;
mod psi_interval;
mod root;
#[cfg(test)]
mod sampling;
mod smirnov;

pub use kolmogorov::kolmogorov_sf;
pub use ks::{KsDistance, KsMethod, KsPValue, KsResult, Side, ks_distance};
pub use noncentral::NoncentralChiSquare;
pub use p_value::{chi_square_sf, normal_cdf, normal_quantile};
pub use psi::{Psi, psi};
pub use psi_interval::{PsiInterval, PsiLaw, TestDemand};
pub use smirnov::smirnov_band;
