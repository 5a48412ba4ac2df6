//! Carrying a plan out on paper, act by act.
//!
//! An act whose needs are not met is refused by the service, so that nothing becomes of it: what follows is checked on a
//! state without it. What needs time stays under way until a gate.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::act::{Act, Met, Need, Undo, Weight};
use super::expand::expand;
use super::resolve::Names;
use super::state::State;
use super::step::{Fault, Name, Step};
use crate::source::{SourceId, Span};
use crate::tenant::edit::{Edit, Edited, EditedWhat, Object, What};

/// A plan file with its place among the sources.
#[derive(Debug)]
pub(super) struct Sourced<'p> {
    /// The source.
    pub(super) source: SourceId,
    /// How many stored bytes precede the text: those of a byte order mark.
    pub(super) offset: u64,
    /// Its steps.
    pub(super) steps: &'p [Step],
}

/// A step that was carried out.
#[derive(Debug)]
pub(super) struct RanStep<'p> {
    /// The step.
    pub(super) step: &'p Step,
    /// Where the name of its change stands.
    pub(super) head: Span,
    /// Whether it stands behind a gate.
    pub(super) assumed: bool,
    /// Its acts: a range of all acts.
    pub(super) acts: Range<usize>,
    /// Names that are not there.
    pub(super) missing: Vec<(Fault, Span)>,
    /// Names of which the exports do not tell whether they are there.
    pub(super) untold: Vec<(Name, Span)>,
}

/// An act that was carried out, or refused.
#[derive(Debug)]
pub(super) struct RanAct {
    /// Its step, counted from 0.
    pub(super) step: usize,
    /// The act.
    pub(super) act: Act,
    /// Where the plan says so.
    pub(super) span: Span,
    /// What it is about, in a few words.
    pub(super) object: String,
    /// What must hold before it.
    pub(super) needs: Vec<Need>,
    /// For each need that is not met: the act behind it that would meet it.
    pub(super) met_by: BTreeMap<usize, usize>,
    /// Whether the service refuses it.
    pub(super) refused: bool,
    /// Whether it is never reached, because an act before it was refused.
    pub(super) blocked: bool,
    /// What it changed, with the name of each object.
    pub(super) changed: Vec<(Edited, String)>,
    /// What it is typed as.
    pub(super) commands: Vec<String>,
    /// What takes it back.
    pub(super) undo: Undo,
    /// What would meet its needs, where that can be told in commands.
    pub(super) repair: Vec<String>,
    /// What follows that no export shows.
    pub(super) remarks: Vec<String>,
    /// What it relies on that is under way: what, and the act that began it.
    pub(super) relied: Vec<(String, Option<usize>)>,
    /// How many gates stand before it.
    pub(super) batch: u32,
    /// Numbers that the account of the act holds before and after it.
    pub(super) lines: [usize; 2],
}

/// What came of a plan.
#[derive(Debug)]
pub(super) struct Simulation<'p> {
    /// The tenant behind the last step.
    pub(super) state: State,
    /// The steps, in order.
    pub(super) steps: Vec<RanStep<'p>>,
    /// The acts of all steps, in order.
    pub(super) acts: Vec<RanAct>,
    /// What they do to the tenant, in order.
    pub(super) edits: Vec<Edit>,
}

/// Unmet needs that are asked again behind every act; of more, only those about what an act touches.
const OPEN: usize = 32;

/// Carries a plan out. `watch` sees the state behind each step, and says nothing.
pub(super) fn simulate<'p>(
    state: State,
    files: &[Sourced<'p>],
    mut watch: impl FnMut(&mut State, usize, bool),
) -> Simulation<'p> {
    let mut names = Names::of(&state.tenant);
    let mut run = Run {
        state,
        acts: Vec::new(),
        edits: Vec::new(),
        open: Vec::new(),
        began: BTreeMap::new(),
        batch: 0,
    };
    let mut steps = Vec::new();
    for file in files {
        let place = |bytes: &Range<usize>| Span {
            source: file.source,
            start: file.offset + bytes.start as u64,
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        for step in file.steps {
            if !is_about_single_objects(step) {
                run.state.tenant.settle();
            }
            let expansion = expand(step, &run.state, &mut names);
            let first = run.acts.len();
            let assumed = run.batch > 0;
            let mut is_gate = false;
            for planned in expansion.acts {
                is_gate |= planned.act.is_gate();
                let span = place(&planned.bytes);
                run.perform(steps.len(), planned.act, planned.needs, span);
            }
            let located = |fault: Fault| {
                let span = place(&fault.bytes);
                (fault, span)
            };
            let untold = expansion.untold.into_iter().map(|name| {
                let span = place(&name.bytes);
                (name, span)
            });
            steps.push(RanStep {
                step,
                head: place(&step.change_bytes),
                assumed,
                acts: first..run.acts.len(),
                missing: expansion.missing.into_iter().map(located).collect(),
                untold: untold.collect(),
            });
            watch(&mut run.state, steps.len() - 1, is_gate);
        }
    }
    run.state.tenant.settle();
    Simulation {
        state: run.state,
        steps,
        acts: run.acts,
        edits: run.edits,
    }
}

/// Whether a step is about single accounts and numbers, which are looked up rightly at any time. What asks more than
/// that is asked of a tenant that is joined anew, which takes a look at everything.
fn is_about_single_objects(step: &Step) -> bool {
    matches!(
        step.change.name,
        "assign-number"
            | "unassign-number"
            | "set-emergency-location"
            | "set-enterprise-voice"
            | "change-license"
            | "set-usage-location"
            | "grant-policy"
            | "grant-policy-to-number"
            | "upload-operator-connect-numbers"
            | "complete-port"
            | "release-direct-routing-numbers"
            | "release-operator-connect-numbers"
            | "upload-direct-routing-numbers"
            | "acquire-calling-plan-numbers"
            | "order-usage-change"
            | "create-application-instance"
            | "set-application-type"
            | "associate"
            | "dissociate"
            | "disable-account"
            | "delete-account"
            | "clear-onprem-line-uri"
            | "wait"
            | "wait-for-export"
            | "set-up-operator-connect-users"
            | "change-number"
            | "remove-number"
            | "move-to-operator-connect"
            | "move-to-calling-plan"
            | "move-to-direct-routing"
            | "release-numbers"
            | "license-resource-account"
            | "give-service-number"
            | "take-service-number"
            | "switch-to-virtual-user-license"
            | "take-numbers-to-the-cloud"
            | "offboard-user"
            | "swap-license"
            | "port-out"
            | "port-in"
            | "change-coexistence-mode"
            | "enable-direct-routing-user"
            | "change-number-usage"
    )
}

struct Run {
    state: State,
    acts: Vec<RanAct>,
    edits: Vec<Edit>,
    /// Needs that are not met: the act and the place of the need.
    open: Vec<(usize, usize)>,
    /// Which act began what is under way.
    began: BTreeMap<Object, usize>,
    batch: u32,
}

impl Run {
    fn perform(&mut self, step: usize, act: Act, procedure: Vec<Need>, span: Span) {
        if act.is_wide() {
            self.state.tenant.settle();
        }
        let state = &self.state;
        let blocked = self.is_blocked(step, &act);
        let mut needs = Vec::new();
        if !blocked {
            needs = procedure;
            for need in act.needs(state) {
                // A procedure may have asked it already.
                let is_same = |one: &Need| one.what == need.what && one.instead == need.instead;
                if !needs.iter().any(is_same) {
                    needs.push(need);
                }
            }
        }
        let refused = needs.iter().any(|need| {
            need.met == Met::No && matches!(need.weight, Weight::Refused | Weight::Missing)
        });
        let relied = act.relies_on().into_iter().filter_map(|object| {
            let pending = state.pending(&object)?;
            let began = self.began.get(&object).copied();
            Some((pending.what.clone(), began))
        });
        let relied: Vec<_> = relied.collect();
        let account = act.account();
        let count = |state: &State| account.map_or(0, |id| state.numbers_of(id).len());
        let before = count(state);
        let ran = RanAct {
            step,
            span,
            object: act.object(state),
            commands: act.commands(state),
            repair: if needs.iter().any(|need| need.met == Met::No) {
                act.repair(state)
            } else {
                Vec::new()
            },
            undo: if refused || blocked {
                Undo::Nothing
            } else {
                act.undo(state)
            },
            needs,
            met_by: BTreeMap::new(),
            refused,
            blocked,
            changed: Vec::new(),
            remarks: Vec::new(),
            relied: if blocked { Vec::new() } else { relied },
            batch: self.batch,
            lines: [before, before],
            act,
        };
        let place = self.acts.len();
        let unmet = ran.needs.iter().enumerate();
        let unmet = unmet.filter(|(_, need)| need.met == Met::No);
        let unmet: Vec<(usize, usize)> = unmet.map(|(need, _)| (place, need)).collect();
        self.acts.push(ran);
        if !refused && !blocked {
            self.take_effect(place, span, account);
        }
        self.ask_again(place);
        self.open.extend(unmet);
        match self.acts[place].act {
            // No time passes.
            Act::Wait { hours: 0 } => {}
            Act::Wait { hours } => {
                self.state.wait(Some(hours));
                self.batch += 1;
            }
            Act::WaitForExport => {
                self.state.wait(None);
                self.batch += 1;
            }
            _ => {}
        }
    }

    /// Whether an act of a procedure is never reached: one before it, of the same step and about the same account or number,
    /// or about a number of the account, was refused, and whoever carries the procedure out stops there.
    fn is_blocked(&self, step: usize, act: &Act) -> bool {
        let (account, number) = (act.account(), act.number());
        let of_step = self.acts.iter().rev().take_while(|one| one.step == step);
        let mut stopped = of_step.filter(|one| one.refused || one.blocked);
        stopped.any(|one| {
            account.is_some() && one.act.account() == account
                || number.is_some() && one.act.number() == number
                || account.is_some() && one.act.account().is_none() && {
                    let of_it = one.act.number();
                    of_it.and_then(|number| self.state.holder(number)) == account
                }
        })
    }

    fn take_effect(
        &mut self,
        place: usize,
        span: Span,
        account: Option<crate::snapshot::ObjectId>,
    ) {
        let effect = self.acts[place].act.effect(&self.state);
        for pending in &effect.pending {
            self.began.insert(pending.object.clone(), place);
        }
        let remarks = effect.remarks.clone();
        // What is gone afterwards has its name before only.
        let names: Vec<String> = effect
            .edits
            .iter()
            .map(|edit| self.state.name_of(&edit.object))
            .collect();
        let before: BTreeMap<Object, String> = effect
            .edits
            .iter()
            .map(|edit| edit.object.clone())
            .zip(names)
            .collect();
        let is_wide = self.acts[place].act.is_wide();
        let edits = effect.edits.clone();
        let done = self.state.apply(effect, span);
        // What could not be added is not there.
        let is_done = |edit: &Edit| {
            !matches!(edit.what, What::Added(_))
                || done
                    .iter()
                    .any(|one| one.object == edit.object && one.what == EditedWhat::Added)
        };
        self.edits.extend(edits.into_iter().filter(is_done));
        if is_wide {
            self.state.tenant.settle();
        }
        let told = done.into_iter().map(|edited| {
            let name = match edited.what {
                EditedWhat::Added => self.state.name_of(&edited.object),
                _ => before.get(&edited.object).cloned().unwrap_or_default(),
            };
            (edited, name)
        });
        let changed: Vec<_> = told.collect();
        let after = account.map_or(0, |id| self.state.numbers_of(id).len());
        let ran = &mut self.acts[place];
        ran.changed = changed;
        ran.remarks = remarks;
        ran.lines[1] = after;
    }

    /// Asks again what was not met before this act.
    fn ask_again(&mut self, place: usize) {
        if self.open.is_empty() || self.acts[place].changed.is_empty() {
            return;
        }
        let touched: BTreeSet<Object> = self.acts[place]
            .changed
            .iter()
            .map(|(edited, _)| edited.object.clone())
            .collect();
        let ask_all = self.open.len() <= OPEN;
        let open = std::mem::take(&mut self.open);
        for (act, need) in open {
            let asked = &self.acts[act];
            let is_touched = || {
                let operands = asked.act.operands();
                operands.iter().any(|one| touched.contains(one))
            };
            let (is_met, is_past) = if ask_all || is_touched() {
                let now = asked.act.needs(&self.state);
                (is_met_by(&asked.needs[need], &now), is_past(asked, &now))
            } else {
                (false, false)
            };
            if is_past {
                continue;
            }
            if is_met {
                self.acts[act].met_by.insert(need, place);
            } else {
                self.open.push((act, need));
            }
        }
    }
}

/// Whether a need that was not met is met now.
fn is_met_by(need: &Need, now: &[Need]) -> bool {
    let mut same = now.iter().filter(|one| one.what == need.what).peekable();
    match same.peek() {
        Some(_) => same.all(|one| one.met == Met::Yes),
        // Whether something is there is asked only while it is not.
        None => need.weight == Weight::Missing,
    }
}

/// Whether what was met when an act was tried is so no more: the act makes no sense then, so that nothing that came since
/// would have helped it.
fn is_past(act: &RanAct, now: &[Need]) -> bool {
    let mut met = act.needs.iter().filter(|need| need.met == Met::Yes);
    let lost = |need: &Need| {
        let mut same = now.iter().filter(|one| one.what == need.what);
        same.any(|one| one.met == Met::No)
    };
    met.any(lost)
}
