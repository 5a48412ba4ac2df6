//! To come.

use crate::plan::act::{Act, Effect, Need, Undo};
use crate::plan::state::State;
use crate::tenant::edit::Object;

pub(in crate::plan) fn needs(_act: &Act, _state: &State) -> Vec<Need> {
    Vec::new()
}

pub(in crate::plan) fn effect(_act: &Act, _state: &State) -> Effect {
    Effect::default()
}

pub(in crate::plan) fn commands(_act: &Act, _state: &State) -> Vec<String> {
    Vec::new()
}

pub(in crate::plan) fn undo(_act: &Act, _state: &State) -> Undo {
    Undo::Nothing
}

pub(in crate::plan) fn object(_act: &Act, _state: &State) -> String {
    String::new()
}

pub(in crate::plan) fn relies_on(_act: &Act) -> Vec<Object> {
    Vec::new()
}
