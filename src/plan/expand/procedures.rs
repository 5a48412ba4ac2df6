//! Procedures: several acts in their safe order.

use super::Planned;
use super::operands::Operands;

/// The acts of a procedure.
pub(super) fn acts(_step: &mut Operands) -> Vec<Planned> {
    Vec::new()
}
