//! Predictions: statistics against scikit-learn and fairlearn, and the gates that judge them.

mod gates;
mod large;
mod measured;
mod oracle;
mod real;
mod refused;
