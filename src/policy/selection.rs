//! Some gates of a policy.

use super::{GateKind, Policy};

impl Policy {
    /// The policy with these gates alone, in its own order, and the waivers of these gates. Without
    /// a gate about snapshots it says nothing of columns and rows either.
    ///
    /// # Errors
    /// The first name that no gate has.
    pub fn selecting(&self, names: &[String]) -> Result<Self, String> {
        let unknown = names.iter().find(|name| !self.gates.iter().any(|gate| gate.name == **name));
        if let Some(unknown) = unknown {
            return Err(unknown.clone());
        }
        let mut selected = self.clone();
        selected.gates.retain(|gate| names.contains(&gate.name));
        selected.waivers.retain(|waiver| names.contains(&waiver.gate));
        if !selected.is_about_snapshots() {
            selected.columns.clear();
            selected.rows.clear();
        }
        Ok(selected)
    }

    /// Whether a gate is about the columns of snapshots.
    #[must_use]
    pub fn is_about_snapshots(&self) -> bool {
        self.gates.iter().any(|gate| !matches!(gate.kind, GateKind::Checklist(_)))
    }
}
