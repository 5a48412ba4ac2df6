//! How the findings of the tenant change over the steps of a plan, and which step is to blame.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::Lines;
use crate::audit::{AllTold, Told};
use crate::finding::{
    Draft, Fingerprint, Label, Location, Place, Remedy, Severity, Status, Subject, SubjectKind,
};
use crate::plan::checks;
use crate::plan::simulate::{RanAct, RanStep, Simulation};
use crate::report::{Coverage, Fixed, Report};
use crate::rules;
use crate::source::Span;
use crate::tenant::edit::Object;

/// The steps and acts that were carried out.
pub(super) struct Ran<'r, 'p> {
    pub(super) steps: &'r [RanStep<'p>],
    pub(super) acts: &'r [RanAct],
}

impl Ran<'_, '_> {
    /// Where a step touched something, or where it stands.
    pub(super) fn span_of(&self, step: usize, subject: &Subject) -> Option<Span> {
        let ran = self.steps.get(step)?;
        let acts = self.acts.get(ran.acts.clone()).unwrap_or_default();
        let touches = |act: &&RanAct| {
            let mut changed = act.changed.iter();
            changed.any(|(edited, _)| identity(&edited.object) == subject.id)
        };
        // What only one act can have done, it did, whatever it touched.
        let only = acts.first().filter(|_| acts.len() == 1);
        let act = acts.iter().rev().find(touches).or(only);
        Some(act.map_or(ran.head, |act| act.span))
    }

    pub(super) fn change(&self, step: usize) -> &'static str {
        self.steps.get(step).map_or("", |ran| ran.step.change.name)
    }
}

/// A finding as it is remembered from state to state.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) subject: Subject,
    records: Vec<Span>,
    is_open: bool,
}

/// How the findings of the tenant change from step to step.
pub(super) struct Course {
    /// Findings before the plan, silenced ones included, with their severity.
    pub(super) known: BTreeMap<Fingerprint, Severity>,
    /// Open findings before the plan.
    before: BTreeMap<Fingerprint, Known>,
    /// Findings of the state that was judged last.
    last: BTreeMap<Fingerprint, Known>,
    /// Which step did it.
    pub(super) added_by: BTreeMap<Fingerprint, usize>,
    /// Which step took it away.
    pub(super) removed_by: BTreeMap<Fingerprint, usize>,
    /// Holders without emergency cover at a gate: the finding, and the step before the gate.
    uncovered: BTreeMap<Fingerprint, (Known, usize)>,
    /// Behind the plan: what is new.
    pub(super) added: BTreeMap<Fingerprint, Known>,
    /// Behind the plan: what is gone.
    pub(super) removed: BTreeMap<Fingerprint, Known>,
    /// Behind the plan: what is left of what was there before.
    pub(super) unchanged: [u64; 3],
    /// The records that the plan changes.
    touched: BTreeSet<Span>,
}

fn remember(told: &AllTold) -> BTreeMap<Fingerprint, Known> {
    let known = |one: &Told| Known {
        code: one.code,
        severity: one.severity,
        subject: one.subject.clone(),
        records: one.records.clone(),
        is_open: one.status == Status::Open,
    };
    let findings = told.findings.iter();
    findings.map(|one| (one.fingerprint, known(one))).collect()
}

/// The rules about emergency calls of somebody who has a number.
const EMERGENCY: [&str; 2] = ["EM001", "EM006"];

impl Course {
    pub(super) fn begin(before: &AllTold) -> Self {
        let all = remember(before);
        let silenced = before.silenced.iter().map(|one| (*one, Severity::Error));
        let told = all.iter().map(|(one, known)| (*one, known.severity));
        Self {
            known: silenced.chain(told).collect(),
            before: all
                .iter()
                .filter(|(_, known)| known.is_open)
                .map(|(one, known)| (*one, known.clone()))
                .collect(),
            last: all,
            added_by: BTreeMap::new(),
            removed_by: BTreeMap::new(),
            uncovered: BTreeMap::new(),
            added: BTreeMap::new(),
            removed: BTreeMap::new(),
            unchanged: [0; 3],
            touched: BTreeSet::new(),
        }
    }

    /// Notes the state behind a step.
    pub(super) fn note(&mut self, told: &AllTold, step: usize, is_gate: bool) {
        let now = remember(told);
        for (one, known) in &now {
            let was = self.last.get(one);
            if was.is_none_or(|was| was.severity < known.severity) {
                self.added_by.insert(*one, step);
            }
            let is_worse = self.known.get(one).is_none_or(|was| *was < known.severity);
            if is_gate && EMERGENCY.contains(&known.code) && is_worse {
                let by = self.added_by.get(one).copied().unwrap_or(step);
                let entry = self.uncovered.entry(*one);
                entry.or_insert_with(|| (known.clone(), by));
            }
        }
        for one in self.last.keys() {
            if !now.contains_key(one) {
                self.removed_by.insert(*one, step);
            }
        }
        self.last = now;
    }

    /// Where only gates were judged: the step that did it is the last one that touched what the finding is about.
    pub(super) fn blame_by_touch(&mut self, simulation: &Simulation) {
        let mut by_identity: BTreeMap<String, usize> = BTreeMap::new();
        let mut by_record: BTreeMap<Span, usize> = BTreeMap::new();
        for act in &simulation.acts {
            for (edited, _) in &act.changed {
                by_identity.insert(identity(&edited.object), act.step);
                for record in &edited.records {
                    by_record.insert(*record, act.step);
                }
            }
        }
        let toucher = |known: &Known| {
            let records = known.records.iter();
            let by_record = records.filter_map(|record| by_record.get(record)).max();
            by_identity.get(&known.subject.id).or(by_record).copied()
        };
        let last = &self.last;
        for (one, step) in &mut self.added_by {
            if let Some(by) = last.get(one).and_then(toucher) {
                *step = by;
            }
        }
        let before = &self.before;
        for (one, step) in &mut self.removed_by {
            if let Some(by) = before.get(one).and_then(toucher) {
                *step = by;
            }
        }
    }

    /// Draws the balance. What was noted last is `end`.
    pub(super) fn close(&mut self, end: &AllTold, simulation: &Simulation) {
        let now = std::mem::take(&mut self.last);
        let silenced: BTreeSet<Fingerprint> = end.silenced.iter().copied().collect();
        let lines: BTreeMap<&str, &Coverage> =
            end.coverage.iter().map(|line| (line.code, line)).collect();
        for (one, known) in &now {
            let is_new = self
                .known
                .get(one)
                .is_none_or(|severity| *severity < known.severity);
            if is_new && known.is_open {
                self.added.insert(*one, known.clone());
            } else if known.is_open {
                self.unchanged[match known.severity {
                    Severity::Error => 0,
                    Severity::Warning => 1,
                    Severity::Info => 2,
                }] += 1;
            }
        }
        for (one, known) in &self.before {
            let subject = &known.subject;
            let is_decided = lines
                .get(known.code)
                .is_some_and(|line| line.decides_about(&[&subject.name, &subject.id]));
            if !now.contains_key(one) && !silenced.contains(one) && is_decided {
                self.removed.insert(*one, known.clone());
            }
        }
        let changed = simulation.acts.iter().flat_map(|act| &act.changed);
        self.touched = changed
            .flat_map(|(edited, _)| edited.records.iter().copied())
            .collect();
    }

    /// PL005: who is without emergency cover behind a gate and has it in the end; of others their own finding tells.
    pub(super) fn uncovered(&self, simulation: &Simulation) -> Vec<checks::Found> {
        let ran = Ran {
            steps: &simulation.steps,
            acts: &simulation.acts,
        };
        let covered = self.uncovered.iter();
        let covered = covered.filter(|(one, _)| !self.added.contains_key(one));
        let all = covered.filter_map(|(_, (known, by))| {
            let by = *by;
            let span = ran.span_of(by, &known.subject)?;
            let mut draft = Draft::new(
                known.severity,
                known.subject.clone(),
                format!(
                    "step {}, `{}`, leaves `{}` without what an emergency call needs ({}), and a gate comes before that is mended",
                    by + 1,
                    ran.change(by),
                    known.subject.name,
                    known.code
                ),
                Label::new(Place::whole(span), "from here on"),
            );
            known.code.clone_into(&mut draft.discriminator);
            draft.remedy = Remedy {
                summary: format!(
                    "give the emergency location or the policy in the same batch; `tenantlint explain {}` says which",
                    known.code
                ).into(),
                commands: Vec::new(),
            };
            Some(("PL005", draft))
        });
        all.collect()
    }

    /// PL010: errors that were not there before.
    pub(super) fn worse(&self, simulation: &Simulation) -> Option<checks::Found> {
        let mut errors: BTreeMap<&str, u64> = BTreeMap::new();
        let mut first = usize::MAX;
        for (one, known) in &self.added {
            if known.severity == Severity::Error {
                *errors.entry(known.code).or_default() += 1;
                first = first.min(self.added_by.get(one).copied().unwrap_or_default());
            }
        }
        let total: u64 = errors.values().sum();
        let step = simulation.steps.get(first)?;
        let told: Vec<String> = errors
            .iter()
            .map(|(code, count)| match count {
                1 => (*code).to_owned(),
                count => format!("{count} of {code}"),
            })
            .collect();
        let what = if total == 1 {
            "an error that was"
        } else {
            "errors that were"
        };
        let subject = simulation.acts.get(step.acts.start).map_or_else(
            || Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
            |_| {
                let name = simulation.state.tenant.name().unwrap_or("tenant");
                Subject::new(SubjectKind::Tenant, "tenant", name)
            },
        );
        let mut draft = Draft::new(
            Severity::Error,
            subject,
            format!(
                "the plan leaves {what} not there before: {}",
                told.join(", ")
            ),
            Label::new(Place::whole(step.head), "the first step that adds one"),
        );
        draft.remedy = Remedy {
            summary: "look at each of them: it names the step that adds it".into(),
            commands: Vec::new(),
        };
        Some(("PL010", draft))
    }

    /// Points findings of the tenant at the step that adds them; where they were found comes second.
    pub(super) fn locate(&self, report: &mut Report, ran: &Ran, lines: &Lines) {
        for finding in &mut report.findings {
            let is_own = lines.is_plan(finding.location.span.source)
                && !self.added.contains_key(&finding.fingerprint);
            if is_own {
                continue;
            }
            let Some(step) = self.added_by.get(&finding.fingerprint).copied() else {
                continue;
            };
            let Some(span) = ran.span_of(step, &finding.subject) else {
                continue;
            };
            let by = format!("step {}, `{}`", step + 1, ran.change(step));
            let mut found =
                std::mem::replace(&mut finding.location, lines.at(span, "this step does it"));
            self.mark(&mut found, lines);
            for other in &mut finding.related {
                self.mark(other, lines);
            }
            if !lines.is_plan(found.span.source) {
                finding.related.insert(0, found);
            }
            finding.related.retain(|one| one.span != span);
            finding.cause = Some(match self.known.get(&finding.fingerprint) {
                Some(was) => format!("{by}; it was {} before", was.name()),
                None => by,
            });
        }
    }

    /// Says of a place whether the snapshot shows what was there before the plan.
    fn mark(&self, place: &mut Location, lines: &Lines) {
        if lines.is_plan(place.span.source) {
            return;
        }
        let span = place.span;
        let record = self
            .touched
            .range(
                ..=Span {
                    len: u32::MAX,
                    ..span
                },
            )
            .next_back();
        let is_within = record.is_some_and(|record| {
            record.source == span.source && record.start <= span.start && span.end() <= record.end()
        });
        if is_within {
            place.label = if place.label.is_empty() {
                "as it is before the plan".into()
            } else {
                format!("{} (shown as it is before the plan)", place.label).into()
            };
        }
    }

    pub(super) fn fixed(&self) -> Vec<Fixed> {
        let mut fixed: Vec<Fixed> = self
            .removed
            .iter()
            .map(|(one, known)| Fixed {
                snapshot: 0,
                rule: rules::find(known.code)
                    .map_or_else(|| known.code.to_owned(), |rule| rule.page.name.to_owned()),
                subject: known.subject.name.clone(),
                fingerprint: one.to_string(),
            })
            .collect();
        fixed.sort_by(|one, two| {
            let key = |one: &Fixed| {
                (
                    one.rule.clone(),
                    one.subject.clone(),
                    one.fingerprint.clone(),
                )
            };
            key(one).cmp(&key(two))
        });
        fixed
    }
}

/// The identity of an object, as the subject of a finding has it.
fn identity(object: &Object) -> String {
    match object {
        Object::User(id)
        | Object::ResourceAccount(id)
        | Object::Association(id)
        | Object::App(id)
        | Object::Location(id)
        | Object::CivicAddress(id)
        | Object::Bridge(id)
        | Object::Sku(id)
        | Object::GroupPolicy(id, _)
        | Object::Membership(_, id) => id.to_string(),
        Object::Number(number) | Object::NumberPolicy(number, _) => number.to_string(),
        Object::Operator(name)
        | Object::VoiceRoutingPolicy(name)
        | Object::VoiceRoute(name)
        | Object::Gateway(name)
        | Object::SharedCallingPolicy(name) => name.to_lowercase(),
        Object::PstnUsages | Object::NumberSettings => "tenant".to_owned(),
    }
}
