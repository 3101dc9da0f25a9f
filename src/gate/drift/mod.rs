//! The drift gate: distributions of the candidate's columns against the reference's.
//!
//! | rule | statistic | demand | decided by |
//! |---|---|---|---|
//! | `psi_max`, `missing_psi_max`, `ks_d_max` | PSI of values, of {null, NaN, present}; KS distance | below | interval, or the value alone with `decide: point` |
//! | `null_change_max`, `nan_change_max` | size of the change of a rate | at most | the same |
//! | `psi_warn` | PSI of values | below, else a warning | value |
//! | `js_distance_max` … `cramers_v_max` | distances over the same bins | below | value |
//! | `new_categories_max`, `vanished_categories_max` | share of values | at most | value |
//! | `ks_p_min`, `chi_square_p_min` | p, adjusted over the gate's columns | above | value |
//!
//! Distances must stay *below* their limit, as the rule of thumb for PSI has it; shares may reach
//! theirs, because "none at all" is a limit people need. An interval passes when all of it meets
//! the demand, fails when none of it does, and is otherwise inconclusive; a value that does not
//! meet the demand never passes. Too few values are inconclusive under every rule
//! ([`evidence`]). A rule without meaning for a column's kind (KS of categories) is said and not
//! counted, unless no rule of the gate applies: then the column could not be judged, an error.

mod adjusted;
mod categories;
mod columns;
mod demand;
mod distance;
mod evidence;
mod ks;
mod missing;
mod psi;

pub(super) use columns::judge;
pub use evidence::Evidence;
pub use missing::size_of;
