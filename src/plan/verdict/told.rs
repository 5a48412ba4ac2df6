//! The steps of a plan as a report tells them.

use std::collections::BTreeMap;

use super::course::{Course, Ran};
use super::lines::Lines;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Undo, Weight};
use crate::plan::simulate::RanAct;
use crate::report::{
    ActOutcome, ChangeKind, ObjectChange, PlanAct, PlanFinding, PlanNeed, PlanStep, PropertyChange,
};
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::edit::{EditedWhat, Object};

impl Course {
    /// All steps, with what each does to the findings of the tenant.
    pub(super) fn steps(&self, ran: &Ran, lines: &Lines) -> Vec<PlanStep> {
        let mut added: BTreeMap<usize, Vec<PlanFinding>> = BTreeMap::new();
        let mut removed: BTreeMap<usize, Vec<PlanFinding>> = BTreeMap::new();
        for (all, by, steps) in [
            (&self.added, &self.added_by, &mut added),
            (&self.removed, &self.removed_by, &mut removed),
        ] {
            for (one, known) in all {
                let step = by.get(one).copied().unwrap_or_default();
                steps.entry(step).or_default().push(PlanFinding {
                    code: known.code,
                    severity: known.severity,
                    subject: known.subject.name.clone(),
                });
            }
            for of_step in steps.values_mut() {
                of_step.sort();
            }
        }
        let mut known = Known::default();
        let steps = ran.steps.iter().enumerate();
        steps
            .map(|(number, step)| PlanStep {
                number: number as u32 + 1,
                change: step.step.change.name,
                location: lines.at(step.head, ""),
                assumed: step.assumed,
                missing: {
                    let missing = step.missing.iter().map(|(fault, _)| fault.message.clone());
                    let untold = step.untold.iter().map(|(name, _)| {
                        format!("the exports do not tell whether there is a `{}`", name.text)
                    });
                    missing.chain(untold).collect()
                },
                acts: ran
                    .acts
                    .get(step.acts.clone())
                    .unwrap_or_default()
                    .iter()
                    .map(|act| told_act(act, &mut known))
                    .collect(),
                added: added.remove(&number).unwrap_or_default(),
                removed: removed.remove(&number).unwrap_or_default(),
            })
            .collect()
    }
}

/// What acts are about: accounts and numbers, counted as they come.
#[derive(Default)]
struct Known {
    accounts: BTreeMap<ObjectId, u32>,
    numbers: BTreeMap<PhoneNumber, u32>,
}

impl Known {
    fn about(&mut self, act: &Act) -> Vec<u32> {
        let next = |known: &Self| known.accounts.len().saturating_add(known.numbers.len()) as u32;
        let mut about = Vec::new();
        if let Some(account) = act.account() {
            let next = next(self);
            about.push(*self.accounts.entry(account).or_insert(next));
        }
        if let Some(number) = act.number() {
            let next = next(self);
            about.push(*self.numbers.entry(number).or_insert(next));
        }
        about
    }
}

fn told_act(act: &RanAct, known: &mut Known) -> PlanAct {
    let (undo, irreversible) = match &act.undo {
        Undo::Commands(commands) => (commands.clone(), None),
        Undo::Nothing => (Vec::new(), None),
        Undo::Impossible(why) => (Vec::new(), Some(why.clone())),
    };
    PlanAct {
        change: act.act.name(),
        object: act.object.clone(),
        about: known.about(&act.act),
        outcome: if act.refused {
            ActOutcome::Refused
        } else if act.blocked {
            ActOutcome::NotReached
        } else {
            ActOutcome::Done
        },
        needs: act
            .needs
            .iter()
            .map(|need| PlanNeed {
                what: need.what.clone(),
                met: need.met.name(),
                severity: match need.weight {
                    Weight::Refused | Weight::Missing => Severity::Error,
                    Weight::Harm(severity) => severity,
                },
                instead: if need.met == Met::Yes {
                    String::new()
                } else {
                    need.instead.clone()
                },
            })
            .collect(),
        changes: changes(act),
        commands: act.commands.clone(),
        undo,
        takes: match &act.act {
            Act::Assign { .. } => true,
            Act::ChangeLicense { add, .. } => !add.is_empty(),
            _ => false,
        },
        irreversible,
        remarks: act.remarks.clone(),
    }
}

/// The objects that an act changes, each once.
fn changes(act: &RanAct) -> Vec<ObjectChange> {
    let mut changes: Vec<(&Object, ObjectChange)> = Vec::new();
    for (edited, name) in &act.changed {
        let object = &edited.object;
        let (what, property) = match &edited.what {
            EditedWhat::Added => (ChangeKind::Added, None),
            EditedWhat::Removed => (ChangeKind::Removed, None),
            EditedWhat::Set(property, old, new) => (
                ChangeKind::Changed,
                Some(PropertyChange {
                    property,
                    old: old.clone(),
                    new: new.clone(),
                }),
            ),
        };
        match changes
            .iter_mut()
            .find(|(known, one)| *known == object && one.what == what)
        {
            Some((_, one)) => one.properties.extend(property),
            None => changes.push((
                object,
                ObjectChange {
                    kind: object.kind(),
                    name: name.clone(),
                    what,
                    properties: property.into_iter().collect(),
                },
            )),
        }
    }
    changes.into_iter().map(|(_, change)| change).collect()
}
