//! Running the rules over tenants and settling what they found into a report.
//!
//! Each kind of subject is walked once, in parallel blocks, all its rules at each subject. Order is imposed
//! afterwards, so that the report has the same bytes at any number of threads.

mod accepted;
mod coverage;
mod engine;
mod estate;
mod known;
mod names;
mod order;
mod places;
mod superseding;
#[cfg(test)]
mod tests;
mod told;
mod undecided;

use std::collections::{BTreeSet, HashSet};

use rayon::prelude::*;

use crate::config::{FailOn, Policy};
use crate::finding::{
    Draft, Finding, Fingerprint, Label, Place, Problem, Severity, Status, Subject, SubjectKind,
};
use crate::report::{
    Coverage, Estate, Outcome, Report, ReportedProblem, Silenced, SnapshotSummary, SourceSummary,
    Untold,
};
use crate::rules::{Check, Rule, blinded_by};
use crate::snapshot::{ExportKind, Moment, Trail};
use crate::source::{Source, SourceId, Sources};
use crate::tenant::Tenant;

use accepted::Exceptions;
use coverage::Gate;
use engine::{Drafts, Tally, Times};
pub use known::{compare_with, mixed_tenants};
pub use names::add_names;
use places::Places;
use told::Judged;
pub use told::{AllTold, Told, tell};

/// Tenants that are judged at the same time: small ones keep all threads busy where one of them would not, and what was
/// found in all of them need not be held.
const AT_ONCE: usize = 16;

/// Checks tenants and makes the report. Of the `previous` ones, each tenant is compared with the one that has its id.
/// `as_of` overrides the moment that rules take for now.
pub fn audit(
    tenants: &[Tenant],
    previous: &[Tenant],
    sources: Sources,
    rules: &'static [Rule],
    policy: &Policy,
    as_of: Option<Moment>,
) -> Report {
    let more = More {
        drafts: Vec::new(),
        coverage: Vec::new(),
        told: None,
        keep: &|_, _| true,
    };
    audit_with(tenants, previous, sources, rules, policy, as_of, more)
}

/// What a report holds beside what the rules find in the tenants.
pub struct More<'k> {
    /// Findings of rules that judge something else, by rule; they are about the first tenant.
    pub drafts: Vec<(&'static Rule, Draft)>,
    /// What these rules did.
    pub coverage: Vec<Coverage>,
    /// What the rules said of the first tenant, where they were asked already.
    pub told: Option<AllTold>,
    /// Which of the findings of the other rules are wanted: others are not even looked up.
    pub keep: &'k (dyn Fn(Fingerprint, Severity) -> bool + Sync),
}

/// Checks tenants as [`audit`] does, with more findings, or fewer.
pub fn audit_with(
    tenants: &[Tenant],
    previous: &[Tenant],
    mut sources: Sources,
    rules: &'static [Rule],
    policy: &Policy,
    as_of: Option<Moment>,
    mut more: More,
) -> Report {
    let now = as_of.or_else(|| {
        let moments = tenants.iter().filter_map(|tenant| tenant.snapshot.now);
        moments.map(|now| now.moment).max()
    });
    let file = policy.file.as_ref().map(|(path, text)| {
        let file = Source::in_memory(path.clone(), 0, text.as_bytes());
        sources.add(file)
    });
    let exceptions = Exceptions::new(policy, as_of, file.unwrap_or(SourceId(0)), tenants);
    let mut findings = Vec::new();
    let mut ledger = Vec::new();
    let mut silenced = Vec::new();
    let mut problems = Vec::new();
    let mut snapshots = Vec::new();
    let mut estate = Vec::new();
    let find = || {
        let places = Places::new(&sources, tenants);
        let judge = |tenant| {
            let times = Times {
                previous: earlier(tenant, previous),
                as_of,
            };
            Judged::of(tenant, rules, policy, times, &exceptions)
        };
        let keep = more.keep;
        let settle = |tenant: &Tenant, judged| {
            let summary = summarize(tenant, &sources);
            Settled::of(tenant, summary, judged, rules, policy, &places, keep)
        };
        let mut told = more.told.take().map(|told| told.judged);
        for few in tenants.chunks(AT_ONCE) {
            // What was told already is of the first tenant.
            let told: Vec<Option<Judged>> = few.iter().map(|_| told.take()).collect();
            let settled: Vec<Settled> = few
                .par_iter()
                .zip(told)
                .map(|(tenant, told)| settle(tenant, told.unwrap_or_else(|| judge(tenant))))
                .collect();
            for one in settled {
                ledger.extend(one.ledger);
                silenced.extend(one.silenced);
                add(one.findings, &mut findings);
                problems.extend(one.problems);
                snapshots.push(one.summary);
                estate.extend(one.estate);
            }
        }
        for (rule, draft) in more.drafts {
            let snapshot = tenants.first().map_or(0, |one| one.snapshot.index);
            let all = |_, _| true;
            let drafts = vec![Box::new(draft)];
            findings.extend(settle_rule(snapshot, rule, drafts, policy, &places, &all));
        }
        ledger.extend(more.coverage);
        let of_exceptions =
            exceptions.apply(&mut findings, &mut problems, &silenced, &ledger, &places);
        problems.extend(of_exceptions);
        problems.extend(places.lost());
    };
    // Nobody waits for half a megabyte of pages to be hashed.
    let ((), rule_set) = rayon::join(find, || rule_set(rules));
    order::sort(&mut findings);
    let mut report = Report {
        rule_set,
        as_of: now.map_or_else(|| "unknown".to_owned(), Moment::rfc3339),
        snapshots,
        rules: rules.iter().collect(),
        findings,
        coverage: ledger,
        problems,
        estate,
        fixed: Vec::new(),
        drift: None,
        plan: None,
        silenced,
        trend: Vec::new(),
        fails_from: match policy.fail_on {
            FailOn::Severity(least) => Some(least),
            FailOn::Never => None,
        },
        project_file: file,
        redacted: false,
        salt: None,
        sources,
    };
    report.sort_problems();
    report
}

/// The earlier state of a tenant: the one of its id, or the only one where an id is not told.
pub fn earlier<'t>(tenant: &Tenant, previous: &'t [Tenant]) -> Option<&'t Tenant> {
    let id = tenant.id();
    let same = previous.iter().find(|one| id.is_some() && one.id() == id);
    same.or(match previous {
        [one] if id.is_none() || one.id().is_none() => Some(one),
        _ => None,
    })
}

/// Adds findings to others; their order is nobody's business yet. Findings are large, so that the fewer of them move.
fn add(mut some: Vec<Finding>, findings: &mut Vec<Finding>) {
    if some.len() > findings.len() {
        std::mem::swap(&mut some, findings);
    }
    findings.append(&mut some);
}

/// What a report says of one tenant.
struct Settled {
    ledger: Vec<Coverage>,
    silenced: Vec<Silenced>,
    findings: Vec<Finding>,
    problems: Vec<ReportedProblem>,
    summary: SnapshotSummary,
    estate: Vec<Estate>,
}

impl Settled {
    fn of(
        tenant: &Tenant,
        summary: SnapshotSummary,
        judged: Judged,
        rules: &'static [Rule],
        policy: &Policy,
        places: &Places,
        keep: &(dyn Fn(Fingerprint, Severity) -> bool + Sync),
    ) -> Self {
        let mut settled = Self {
            ledger: Vec::new(),
            silenced: Vec::new(),
            findings: Vec::new(),
            problems: Vec::new(),
            summary,
            estate: estate::of(tenant),
        };
        let index = tenant.snapshot.index;
        let Judged { gates, tallies, .. } = judged;
        for ((rule, gate), tally) in rules.iter().zip(gates).zip(tallies) {
            settled.ledger.push(ledger_line(index, rule, gate, &tally));
            settled
                .silenced
                .extend(tally.silenced.iter().map(|draft| Silenced {
                    snapshot: index,
                    rule: rule.page.name,
                    severity: policy.severity(rule, draft.severity),
                    subject: draft.subject.clone(),
                    fingerprint: fingerprint(rule, draft),
                }));
            let of_rule = settle_rule(index, rule, tally.drafts, policy, places, keep);
            add(of_rule, &mut settled.findings);
        }
        let trail = &mut Trail::default();
        for problem in tenant.snapshot.problems.iter().chain(&tenant.problems) {
            let mut all = rules.iter();
            let rule = all.find(|rule| Some(rule.page.code) == problem.rule);
            if !rule.is_some_and(|rule| policy.is_on(rule)) {
                let told = report_problem(index, problem, rule, policy, places, trail);
                settled.problems.push(told);
            }
        }
        settled
    }
}

fn settle_rule(
    snapshot: u32,
    rule: &'static Rule,
    mut drafts: Drafts,
    policy: &Policy,
    places: &Places,
    keep: &(dyn Fn(Fingerprint, Severity) -> bool + Sync),
) -> Vec<Finding> {
    let page = &rule.page;
    // In the order of the export, in which a file is read from front to back.
    drafts.par_sort_by_cached_key(|draft| {
        let record = draft.primary.place.records.first();
        record.map(|record| (record.source, record.start))
    });
    let settled: Vec<Option<Finding>> = drafts
        .into_par_iter()
        .map_init(Trail::default, |trail, draft| {
            let draft = *draft;
            let fingerprint = fingerprint(rule, &draft);
            let severity = policy.severity(rule, draft.severity);
            keep(fingerprint, severity).then(|| Finding {
                rule: page.name,
                code: page.code,
                category: page.category,
                severity,
                confidence: page.confidence,
                fingerprint,
                message: draft.message,
                subject: draft.subject,
                snapshot,
                location: places.resolve(draft.primary, trail),
                related: draft
                    .related
                    .into_iter()
                    .map(|label| places.resolve(label, trail))
                    .collect(),
                remedy: draft.remedy,
                status: Status::Open,
                reason: None,
                cause: None,
            })
        })
        .collect();
    // A list of an export may name one thing twice: told once, it is told.
    let mut told: HashSet<Fingerprint, foldhash::fast::FixedState> = HashSet::default();
    // What is only filtered is collected where it is.
    settled
        .into_iter()
        .filter_map(|finding| finding.filter(|one| told.insert(one.fingerprint)))
        .collect()
}

/// What a finding is recognized by, whatever else is said of its subject.
fn fingerprint(rule: &Rule, draft: &Draft) -> Fingerprint {
    let subject = &draft.subject;
    Fingerprint::new(
        rule.page.name,
        subject.kind,
        &subject.id,
        &draft.discriminator,
    )
}

fn ledger_line(snapshot: u32, rule: &'static Rule, gate: Gate, tally: &Tally) -> Coverage {
    let mut outcome = match &gate {
        Gate::Off => Outcome::Off,
        Gate::Closed(_) => Outcome::NotEvaluated,
        Gate::Open { .. } if !tally.drafts.is_empty() => Outcome::Failed,
        Gate::Open { .. } if tally.examined == 0 => Outcome::NotApplicable,
        // Not one subject could be judged: that is no pass.
        Gate::Open { .. } if tally.examined == tally.unknown() => Outcome::NotEvaluated,
        Gate::Open { .. } => Outcome::Passed,
    };
    let mut unknown = tally.unknown();
    let mut undecided = tally.undecided();
    let mut partial = false;
    let mut in_doubt = false;
    let mut lacks = BTreeSet::new();
    let why = match gate {
        Gate::Off => None,
        Gate::Closed(why) => Some(why),
        Gate::Open {
            doubt,
            dispute,
            without,
            cut,
            lacks: lacking,
        } => {
            partial = doubt.is_some() || cut.is_some();
            lacks = lacking;
            // What was not exported cannot have passed.
            if doubt.is_some() && outcome != Outcome::Failed {
                outcome = Outcome::NotEvaluated;
            }
            in_doubt = doubt.is_some() && outcome == Outcome::Failed;
            // Of disputed objects a rule may not even see that it should judge them.
            if let Some(dispute) = &dispute {
                match outcome {
                    Outcome::NotApplicable => outcome = Outcome::NotEvaluated,
                    Outcome::Passed => {
                        unknown = unknown.max(dispute.objects);
                        undecided = None;
                    }
                    // What it found of others is not less certain for that: it can be told as fixed.
                    Outcome::Failed => unknown = unknown.max(dispute.objects),
                    _ => {}
                }
            }
            let disputed = dispute.map(|dispute| dispute.why);
            // That records are missing for certain is told already: of what it needs as a doubt, of the rest as absent.
            let cut = cut.filter(|cut| !cut.proven && doubt.as_ref() != Some(&cut.why));
            let cut = cut.map(|cut| cut.why);
            let told = [doubt, tally.reason(), disputed, without, cut];
            let told: Vec<String> = told.into_iter().flatten().collect();
            (!told.is_empty()).then(|| told.join("; "))
        }
    };
    Coverage {
        snapshot,
        rule: rule.page.name,
        code: rule.page.code,
        outcome,
        examined: tally.examined,
        findings: tally.drafts.len() as u64,
        unknown,
        undecided,
        superseded: tally.superseded,
        partial,
        in_doubt,
        lacks,
        why,
    }
}

/// What is told of a problem; the rule is the one that makes findings of such problems, and is off.
fn report_problem(
    snapshot: u32,
    problem: &Problem,
    rule: Option<&Rule>,
    policy: &Policy,
    places: &Places,
    trail: &mut Trail,
) -> ReportedProblem {
    let blinded: BTreeSet<&'static str> = problem
        .exports
        .iter()
        .filter_map(|name| ExportKind::from_name(name))
        .flat_map(|kind| blinded_by(kind, problem.properties.as_deref()))
        .filter(|rule| policy.is_on(rule))
        .map(|rule| rule.page.code)
        .collect();
    let blinds = blinded.into_iter().collect();
    let mut resolve = |place: &Place| places.resolve(Label::new(place.clone(), ""), trail);
    let mut message = problem.message.clone();
    if let Some(also) = &problem.also {
        let location = resolve(also);
        message = format!("{message}; the other is at {}", places.describe(&location));
    }
    if let Some(rule) = rule {
        message = format!("{message}; `{}` tells it, and is off", rule.page.code);
    }
    let severity = problem.severity;
    ReportedProblem {
        snapshot,
        severity: rule.map_or(severity, |rule| policy.severity(rule, severity)),
        message,
        location: problem.place.as_ref().map(&mut resolve),
        blinds,
        untold: rule.map(|rule| untold(problem, rule)),
    }
}

/// What a rule that is off would make of a problem, where it makes findings of problems and asks for nothing else.
fn untold(problem: &Problem, rule: &Rule) -> Untold {
    let is_of_exports = matches!(rule.check, Check::Export(_));
    let exports = problem.exports.iter().filter(|_| is_of_exports);
    let findings = exports.map(|name| {
        let subject = Subject::new(SubjectKind::Export, *name, *name);
        let (kind, own) = (subject.kind, &problem.discriminator);
        let fingerprint = Fingerprint::new(rule.page.name, kind, &subject.id, own);
        (subject, fingerprint)
    });
    Untold {
        code: rule.page.code,
        findings: findings.collect(),
        status: Status::Open,
    }
}

fn summarize(tenant: &Tenant, sources: &Sources) -> SnapshotSummary {
    let snapshot = &tenant.snapshot;
    let mut digests: Vec<&str> = snapshot
        .files
        .iter()
        .map(|file| sources.get(file.source).digest.as_str())
        .collect();
    digests.sort_unstable();
    SnapshotSummary {
        path: snapshot.path.clone(),
        tenant_id: tenant.id().map(|id| id.to_string()),
        tenant_name: tenant.name().map(str::to_owned),
        exported_at: snapshot.now.map(|now| now.moment.rfc3339()),
        digest: format!(
            "blake3:{}",
            blake3::hash(digests.join("\n").as_bytes()).to_hex()
        ),
        exports: snapshot.kinds(),
        sources: snapshot
            .files
            .iter()
            .map(|file| {
                let source = sources.get(file.source);
                SourceSummary {
                    path: source.path.clone(),
                    export: file.kind.map(ExportKind::name),
                    records: file.records,
                    bytes: source.bytes,
                    digest: format!("blake3:{}", source.digest),
                }
            })
            .collect(),
    }
}

/// How many bytes are hashed at once: many lanes side by side, and a power of two, so that they stay in step.
const PIECE: usize = 64 * 1024;

/// Changes when any rule's page does: reports of different rule sets are not comparable.
fn rule_set(rules: &[Rule]) -> String {
    let mut hash = blake3::Hasher::new();
    // Half a million bytes, which cost less in large pieces.
    let mut piece: Vec<u8> = Vec::with_capacity(2 * PIECE);
    for rule in rules {
        for part in [
            rule.page.name,
            rule.page.code,
            rule.page.title,
            rule.page.body,
        ] {
            piece.extend_from_slice(&(part.len() as u64).to_be_bytes());
            piece.extend_from_slice(part.as_bytes());
        }
        if piece.len() >= PIECE {
            hash.update(&piece[..PIECE]);
            piece.drain(..PIECE);
        }
    }
    hash.update(&piece);
    hash.finalize().to_hex()[..32].to_owned()
}
