//! Acts in order, with gates only where something stands on both sides of them.

use std::ops::Range;

use crate::plan::act::{Act, Need};
use crate::plan::expand::Planned;

/// The acts of a procedure.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    acts: Vec<Planned>,
    gate: Option<Planned>,
    /// Whether any act stands behind the last gate.
    is_open: bool,
}

impl Sequence {
    /// The next act.
    pub(super) fn act(&mut self, act: Act, bytes: &Range<usize>) {
        self.with_needs(act, bytes, Vec::new());
    }

    /// The next acts.
    pub(super) fn acts(&mut self, acts: impl IntoIterator<Item = Act>, bytes: &Range<usize>) {
        for act in acts {
            self.act(act, bytes);
        }
    }

    /// The next act, with what the procedure needs for it.
    pub(super) fn with_needs(&mut self, act: Act, bytes: &Range<usize>, needs: Vec<Need>) {
        let asked = self.gate.take();
        self.is_open = !act.is_gate();
        if self.is_open {
            self.acts.extend(asked);
        }
        let bytes = bytes.clone();
        self.acts.push(Planned { act, bytes, needs });
    }

    /// A gate before the next act, if any act stands before it and none waits already.
    pub(super) fn gate(&mut self, bytes: &Range<usize>) {
        if std::mem::take(&mut self.is_open) {
            self.gate = Some(Planned::new(Act::WaitForExport, bytes.clone()));
        }
    }

    /// All acts. A gate that nothing follows is left out: whether the plan goes on is its own affair.
    pub(super) fn done(self) -> Vec<Planned> {
        self.acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_stand_between_acts_only() {
        let act = || Act::SetMigration { enabled: true };
        let mut sequence = Sequence::default();
        sequence.gate(&(0..1));
        sequence.act(act(), &(0..1));
        sequence.gate(&(0..1));
        sequence.gate(&(0..1));
        sequence.act(act(), &(0..1));
        sequence.gate(&(0..1));
        sequence.act(Act::Wait { hours: 24 }, &(0..1));
        sequence.gate(&(0..1));
        sequence.act(act(), &(0..1));
        sequence.gate(&(0..1));
        let names: Vec<&str> = sequence.done().iter().map(|one| one.act.name()).collect();
        let migration = "set-number-migration";
        assert_eq!(
            names,
            [migration, "wait-for-export", migration, "wait", migration]
        );
    }
}
