//! From steps to acts: a primitive becomes one act for each object that it names, a procedure becomes all its acts in
//! their safe order.

mod operands;
mod primitives;
pub(super) mod procedures;

use std::ops::Range;

use super::act::{Act, Need};
use super::resolve::Names;
use super::state::State;
use super::step::{Fault, Name, Step};
use operands::Operands;

/// What becomes of a step.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    /// Its acts, in order.
    pub(super) acts: Vec<Planned>,
    /// Names that are not there.
    pub(super) missing: Vec<Fault>,
    /// Names of which the exports do not tell whether they are there.
    pub(super) untold: Vec<Name>,
}

/// An act with its place in the plan.
#[derive(Debug)]
pub(super) struct Planned {
    /// The act.
    pub(super) act: Act,
    /// Bytes of what it is about, in the plan file.
    pub(super) bytes: Range<usize>,
    /// What must hold beside the needs of the act itself, because of the procedure that it belongs to.
    pub(super) needs: Vec<Need>,
}

impl Planned {
    /// An act that needs nothing more than acts of its kind do.
    pub(super) fn new(act: Act, bytes: Range<usize>) -> Self {
        let needs = Vec::new();
        Self { act, bytes, needs }
    }
}

/// The acts of a step.
pub(super) fn expand(step: &Step, state: &State, names: &mut Names) -> Expansion {
    let mut operands = Operands::new(step, state, names);
    let acts = if step.change.is_primitive() {
        primitives::acts(&mut operands)
    } else {
        procedures::acts(&mut operands)
    };
    Expansion {
        acts: if operands.is_broken { Vec::new() } else { acts },
        missing: operands.missing,
        untold: operands.untold,
    }
}
