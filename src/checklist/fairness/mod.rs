//! `kind: fairness` — whether groups fare alike (G4).
//!
//! Rows are counted by group, label and decision; limits are on how far groups lie apart in a rate:
//! the share decided positive (demographic parity), the true positive rate (equal opportunity), the
//! worse of true and false positive rates (equalized odds), the precision (predictive parity), as
//! differences and ratios between the extreme groups. Groups are the values of one column, or of
//! several together.

mod judge;
mod read;
mod rule;
mod shape;

pub(super) use read::KIND;
