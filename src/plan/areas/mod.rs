//! What acts need and do, area by area: a file each, all with the same six questions.
//!
//! `needs` and `commands` and `undo` are asked of the state before the act; `effect` says what a later export would show.
//! Source of all of them: the pages that [`Act`](super::act::Act)'s cmdlets and procedures are described on.

pub(super) mod accounts;
pub(super) mod apps;
pub(super) mod bridges;
pub(super) mod emergency;
pub(super) mod groups;
pub(super) mod licenses;
pub(super) mod numbers;
pub(super) mod on_premises;
pub(super) mod operator_numbers;
pub(super) mod operators;
pub(super) mod orders;
pub(super) mod policies;
pub(super) mod routing;
pub(super) mod shared_calling;
