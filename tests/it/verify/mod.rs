//! `driftgate verify`: what it accepts, and that it believes nothing else.

mod accepted;
mod court;
mod forged;
mod keyring;
mod mutations;
mod projection;
mod refused;
mod threats;
