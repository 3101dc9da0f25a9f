//! What is done outside after a decision, with the programs that it is done to.

mod told;
