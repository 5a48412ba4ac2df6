//! The verdict on a plan: what is wrong with it, and what it makes of the findings of the tenant.
//!
//! The tenant is judged before and behind the plan by the same rules. A finding that is there only behind it is the fault
//! of the step that did it, and one that is there only before it is that step's gain. What was wrong before and stays so is
//! counted, and told by `check`.

use std::collections::{BTreeMap, BTreeSet};

use super::act::{Met, Undo};
use super::checks;
use super::file::{PlanFile, read};
use super::simulate::{RanAct, RanStep, Simulation, Sourced, simulate};
use super::state::State;
use crate::audit::{AllTold, More, Told, audit_with, tell};
use crate::config::Policy;
use crate::finding::{
    Draft, Fingerprint, Label, Location, Place, Remedy, Severity, Status, Subject, SubjectKind,
};
use crate::report::{
    ActOutcome, ChangeKind, Coverage, Fixed, ObjectChange, Outcome, Plan, PlanAct, PlanFinding,
    PlanNeed, PlanStep, PropertyChange, Report, ReportedProblem,
};
use crate::rules::{self, Rule};
use crate::snapshot::Moment;
use crate::source::{Encoding, LineIndex, Position, Source, SourceId, Sources, Span};
use crate::tenant::Tenant;
use crate::tenant::edit::{Edit, EditedWhat, Object};

/// A plan file as it was read.
#[derive(Clone, Debug)]
pub struct PlanText {
    /// Path as shown.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What came of a plan.
#[derive(Debug)]
pub struct Judged {
    /// The report; its problems name what is wrong with the plan files.
    pub report: Report,
    /// Whether a plan file could not be followed everywhere.
    pub has_faults: bool,
    /// The tenant as it is behind the plan.
    pub end: Tenant,
    /// All changes of the tenant, in order, in the words of the exports.
    pub edits: Vec<Edit>,
}

/// So many accounts and numbers may be judged anew behind steps, all steps together: beyond that, only gates are looked
/// at, and the step that did something is the last one that touched it.
const EACH_STEP: usize = 200_000;

/// Carries a plan out on paper and judges it.
pub fn judge(
    tenant: Tenant,
    mut sources: Sources,
    plans: &[PlanText],
    policy: &Policy,
    as_of: Option<Moment>,
) -> Judged {
    let mut files = Vec::new();
    for plan in plans {
        files.push(add(plan, &mut sources));
    }
    let sourced: Vec<Sourced> = files
        .iter()
        .map(|(source, offset, file)| Sourced {
            source: *source,
            offset: *offset,
            steps: &file.steps,
        })
        .collect();
    let steps: usize = sourced.iter().map(|file| file.steps.len()).sum();
    let size = tenant.users.len() + tenant.numbers.len();
    let each_step = steps.saturating_mul(size) <= EACH_STEP;
    let judge_now = |tenant: &Tenant| tell(tenant, rules::all(), policy, as_of);
    let before = judge_now(&tenant);
    let mut course = Course::begin(&before);
    let simulation = simulate(State::new(tenant), &sourced, |state, step, is_gate| {
        if each_step || is_gate {
            state.tenant.settle();
            course.note(&judge_now(&state.tenant), step, is_gate);
        }
    });
    let end = judge_now(&simulation.state.tenant);
    if !each_step {
        course.note(&end, steps.saturating_sub(1), false);
        course.blame_by_touch(&simulation);
    }
    course.close(&end, &simulation);
    let mut drafts = checks::of(&simulation);
    drafts.extend(course.uncovered(&simulation));
    drafts.extend(course.worse(&simulation));
    let drafts: Vec<(&'static Rule, Draft)> = drafts
        .into_iter()
        .filter_map(|(code, draft)| Some((rules::find(code)?, draft)))
        .filter(|(rule, _)| policy.is_on(rule))
        .collect();
    let coverage = coverage(&simulation, &drafts, policy);
    let known = &course.known;
    let keep = |fingerprint: Fingerprint, severity: Severity| {
        known.get(&fingerprint).is_none_or(|was| *was < severity)
    };
    let more = More {
        drafts,
        coverage,
        keep: &keep,
    };
    let tenants = [simulation.state.tenant];
    let mut report = audit_with(&tenants, &[], sources, rules::all(), policy, as_of, more);
    let [end_tenant] = tenants;
    report.rules = rules::known().iter().collect();
    let ran = Ran {
        steps: &simulation.steps,
        acts: &simulation.acts,
    };
    let sources = std::mem::take(&mut report.sources);
    let lines = Lines::of(&sources, &files);
    course.locate(&mut report, &ran, &lines);
    report.fixed = course.fixed();
    let paths = plans.iter().map(|plan| plan.path.clone()).collect();
    report.plan = Some(Plan {
        paths,
        steps: course.steps(&ran, &lines),
        unchanged: course.unchanged,
    });
    let mut has_faults = false;
    let mut problems = Vec::new();
    for (source, offset, file) in &files {
        for fault in &file.faults {
            has_faults = true;
            let message = match &fault.help {
                Some(help) => format!("{}: {help}", fault.message),
                None => fault.message.clone(),
            };
            let span = Span {
                source: *source,
                start: *offset + fault.bytes.start as u64,
                len: u32::try_from(fault.bytes.len()).unwrap_or(u32::MAX),
            };
            problems.push(ReportedProblem {
                snapshot: 0,
                severity: Severity::Error,
                message,
                location: Some(lines.at(span, "")),
                blinds: Vec::new(),
            });
        }
    }
    problems.append(&mut report.problems);
    report.problems = problems;
    report.sources = sources;
    Judged {
        report,
        has_faults,
        end: end_tenant,
        edits: simulation.edits,
    }
}

/// Adds a plan file to the sources and reads it: its source, and how many stored bytes precede the text.
fn add(plan: &PlanText, sources: &mut Sources) -> (SourceId, u64, PlanFile) {
    let encoding = Encoding::detect(&plan.bytes);
    let text = encoding.decode(plan.bytes.clone()).text;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_stored = std::str::from_utf8(&plan.bytes).is_ok_and(|bytes| bytes.ends_with(text));
    let file = read(&plan.path, text);
    if is_stored {
        let offset = (plan.bytes.len() - text.len()) as u64;
        let source = Source::in_memory(plan.path.clone(), 0, &plan.bytes);
        (sources.add(source), offset, file)
    } else {
        // Places in a file of another encoding are those of its text.
        let source = Source::in_memory(plan.path.clone(), 0, text.as_bytes());
        (sources.add(source), 0, file)
    }
}

/// The lines of the plan files.
struct Lines<'s> {
    by_source: BTreeMap<SourceId, Option<LineIndex<'s>>>,
}

impl<'s> Lines<'s> {
    fn of(sources: &'s Sources, files: &[(SourceId, u64, PlanFile)]) -> Self {
        let index = |source: SourceId| LineIndex::build(sources.get(source)).ok();
        let by_source = files.iter().map(|(source, ..)| (*source, index(*source)));
        Self {
            by_source: by_source.collect(),
        }
    }

    fn is_plan(&self, source: SourceId) -> bool {
        self.by_source.contains_key(&source)
    }

    fn at(&self, span: Span, label: &str) -> Location {
        let top = Position { line: 1, column: 1 };
        let lines = self.by_source.get(&span.source).and_then(Option::as_ref);
        let position = |offset| {
            lines
                .and_then(|lines| lines.position(offset).ok())
                .unwrap_or(top)
        };
        Location {
            span,
            start: position(span.start),
            end: position(span.end()),
            label: label.to_owned(),
        }
    }
}

/// The steps and acts that were carried out.
struct Ran<'r, 'p> {
    steps: &'r [RanStep<'p>],
    acts: &'r [RanAct],
}

impl Ran<'_, '_> {
    /// Where a step touched something, or where it stands.
    fn span_of(&self, step: usize, subject: &Subject) -> Option<Span> {
        let ran = self.steps.get(step)?;
        let acts = self.acts.get(ran.acts.clone()).unwrap_or_default();
        let touches = |act: &&RanAct| {
            let mut changed = act.changed.iter();
            changed.any(|(edited, _)| identity(&edited.object) == subject.id)
        };
        let act = acts.iter().rev().find(touches);
        Some(act.map_or(ran.head, |act| act.span))
    }

    fn change(&self, step: usize) -> &'static str {
        self.steps.get(step).map_or("", |ran| ran.step.change.name)
    }
}

/// A finding as it is remembered from state to state.
#[derive(Clone)]
struct Known {
    code: &'static str,
    severity: Severity,
    subject: Subject,
    records: Vec<Span>,
    is_open: bool,
}

/// How the findings of the tenant change from step to step.
struct Course {
    /// Findings before the plan, silenced ones included, with their severity.
    known: BTreeMap<Fingerprint, Severity>,
    /// Open findings before the plan.
    before: BTreeMap<Fingerprint, Known>,
    /// Findings of the state that was judged last.
    last: BTreeMap<Fingerprint, Known>,
    /// Which step did it.
    added_by: BTreeMap<Fingerprint, usize>,
    /// Which step took it away.
    removed_by: BTreeMap<Fingerprint, usize>,
    /// Holders without emergency cover at a gate: the finding, and the step before the gate.
    uncovered: BTreeMap<Fingerprint, (Known, usize)>,
    /// Behind the plan: what is new.
    added: BTreeMap<Fingerprint, Known>,
    /// Behind the plan: what is gone.
    removed: BTreeMap<Fingerprint, Known>,
    /// Behind the plan: what is left of what was there before.
    unchanged: [u64; 3],
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
    fn begin(before: &AllTold) -> Self {
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
    fn note(&mut self, told: &AllTold, step: usize, is_gate: bool) {
        let now = remember(told);
        for (one, known) in &now {
            let was = self.last.get(one);
            if was.is_none_or(|was| was.severity < known.severity) {
                self.added_by.insert(*one, step);
            }
            if is_gate && EMERGENCY.contains(&known.code) && !self.known.contains_key(one) {
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
    fn blame_by_touch(&mut self, simulation: &Simulation) {
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

    /// Draws the balance.
    fn close(&mut self, end: &AllTold, simulation: &Simulation) {
        let now = remember(end);
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

    /// PL005: who is without emergency cover for longer than a batch.
    fn uncovered(&self, simulation: &Simulation) -> Vec<checks::Found> {
        let mut all = self.uncovered.clone();
        for (one, known) in &self.added {
            if EMERGENCY.contains(&known.code) {
                let by = self.added_by.get(one).copied().unwrap_or_default();
                all.entry(*one).or_insert_with(|| (known.clone(), by));
            }
        }
        let ran = Ran {
            steps: &simulation.steps,
            acts: &simulation.acts,
        };
        let all = all.into_iter().filter_map(|(one, (known, by))| {
            let span = ran.span_of(by, &known.subject)?;
            let until = if self.added.contains_key(&one) {
                "and stays so"
            } else {
                "until a later step ends that"
            };
            let mut draft = Draft::new(
                known.severity,
                known.subject.clone(),
                format!(
                    "step {}, `{}`, leaves `{}` without what an emergency call needs ({}) {until}",
                    by + 1,
                    ran.change(by),
                    known.subject.name,
                    known.code
                ),
                Label::new(Place::whole(span), "from here on"),
            );
            draft.discriminator = known.code.to_owned();
            draft.remedy = Remedy {
                summary: format!(
                    "give the emergency location or the policy in the same batch; `tenantlint explain {}` says which",
                    known.code
                ),
                commands: Vec::new(),
            };
            Some(("PL005", draft))
        });
        all.collect()
    }

    /// PL010: errors that were not there before.
    fn worse(&self, simulation: &Simulation) -> Option<checks::Found> {
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
            summary: "look at each of them: it names the step that adds it".to_owned(),
            commands: Vec::new(),
        };
        Some(("PL010", draft))
    }

    /// Points findings of the tenant at the step that adds them; where they were found comes second.
    fn locate(&self, report: &mut Report, ran: &Ran, lines: &Lines) {
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
            let mut found = std::mem::replace(&mut finding.location, lines.at(span, "does it"));
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
                "as it is before the plan".to_owned()
            } else {
                format!("{} (shown as it is before the plan)", place.label)
            };
        }
    }

    fn fixed(&self) -> Vec<Fixed> {
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

    fn steps(&self, ran: &Ran, lines: &Lines) -> Vec<PlanStep> {
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
        let steps = ran.steps.iter().enumerate();
        steps
            .map(|(number, step)| PlanStep {
                number: number as u32 + 1,
                change: step.step.change.name,
                location: lines.at(step.head, ""),
                assumed: step.assumed,
                acts: ran
                    .acts
                    .get(step.acts.clone())
                    .unwrap_or_default()
                    .iter()
                    .map(told_act)
                    .collect(),
                added: added.remove(&number).unwrap_or_default(),
                removed: removed.remove(&number).unwrap_or_default(),
            })
            .collect()
    }
}

fn told_act(act: &RanAct) -> PlanAct {
    let (undo, irreversible) = match &act.undo {
        Undo::Commands(commands) => (commands.clone(), None),
        Undo::Nothing => (Vec::new(), None),
        Undo::Impossible(why) => (Vec::new(), Some(why.clone())),
    };
    PlanAct {
        change: act.act.name(),
        object: act.object.clone(),
        outcome: if act.refused {
            ActOutcome::Refused
        } else {
            ActOutcome::Done
        },
        needs: act
            .needs
            .iter()
            .map(|need| PlanNeed {
                what: need.what.clone(),
                met: need.met.name(),
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

/// What each rule over plans did.
fn coverage(
    simulation: &Simulation,
    drafts: &[(&'static Rule, Draft)],
    policy: &Policy,
) -> Vec<Coverage> {
    let (asked, unknown, why) = checks::unknown(simulation);
    let steps = simulation.steps.len() as u64;
    let lines = rules::of_plans().iter().map(|rule| {
        let code = rule.page.code;
        let findings = drafts.iter().filter(|(own, _)| own.page.code == code);
        let findings = findings.count() as u64;
        let is_about_needs = code == "PL002";
        let outcome = if !policy.is_on(rule) {
            Outcome::Off
        } else if findings > 0 {
            Outcome::Failed
        } else if steps == 0 {
            Outcome::NotApplicable
        } else {
            Outcome::Passed
        };
        let is_on = outcome != Outcome::Off;
        Coverage {
            snapshot: 0,
            rule: rule.page.name,
            code,
            outcome,
            examined: if is_about_needs { asked } else { steps },
            findings,
            unknown: if is_about_needs && is_on { unknown } else { 0 },
            undecided: Some(BTreeSet::new()),
            superseded: 0,
            partial: false,
            why: why.clone().filter(|_| is_about_needs && is_on),
        }
    });
    lines.collect()
}
