//! What is wrong with a plan itself: PL001 to PL012, and what single rules say of plans only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::act::{Act, Met, Need, Undo, Weight};
use super::areas::licenses::name_of;
use super::simulate::{RanAct, RanStep, Simulation};
use super::state::State;
use crate::finding::{Draft, Label, Place, Remedy, Severity, Subject, SubjectKind};
use crate::rules::Rule;
use crate::snapshot::service_plans::{PlanClass, PlanClasses};
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::source::Span;
use crate::tenant::Tenant;
use crate::tenant::edit::{EditedWhat, Object};

/// A finding about a plan, with the code of its rule.
pub(super) type Found = (&'static str, Draft);

/// Everything that is wrong with a plan, whatever it does to the findings of the tenant.
pub(super) fn of(simulation: &Simulation) -> Vec<Found> {
    let mut found = Vec::new();
    for step in &simulation.steps {
        missing(step, &mut found);
        deprecated(step, &mut found);
    }
    for act in &simulation.acts {
        unmet(act, simulation, &mut found);
        relied(act, simulation, &mut found);
    }
    split_licenses(simulation, &mut found);
    gaps(simulation, &mut found);
    conflicts(simulation, &mut found);
    tenant_wide(simulation, &mut found);
    irreversible(simulation, &mut found);
    tell_apart(&mut found);
    found
}

/// Whether a rule tells what a plan needs and does not have.
pub(super) fn is_about_needs(rule: &Rule) -> bool {
    ["PL001", "PL002", "PL012"].contains(&rule.page.code)
}

/// How often each need was asked, and how often the exports did not tell: for the coverage of the report.
pub(super) fn unknown(simulation: &Simulation) -> (u64, u64, Option<String>) {
    let needs = || simulation.acts.iter().flat_map(|act| &act.needs);
    let untold = || simulation.steps.iter().flat_map(|step| &step.untold);
    let unknown = || needs().filter(|need| need.met == Met::Unknown);
    let asked = needs().count() + untold().count();
    let count = unknown().count() + untold().count();
    let why = match (unknown().next(), untold().next()) {
        (Some(need), _) => Some(format!(
            "whether {} is not known: {}",
            need.what, need.instead
        )),
        (None, Some((name, _))) => Some(format!(
            "no whole export tells whether there is a `{}`",
            name.text
        )),
        (None, None) => None,
    };
    (asked as u64, count as u64, why)
}

/// What an act is about, as the subject of a finding.
pub(super) fn subject_of(act: &Act, state: &State) -> Subject {
    let tenant = &state.tenant;
    if let Some(id) = act.account() {
        if let Some(user) = tenant.user(id) {
            return tenant.user_subject(user);
        }
        let kind = if state.is_resource_account(id) {
            SubjectKind::ResourceAccount
        } else {
            SubjectKind::User
        };
        return Subject::new(kind, id.to_string(), state.account_name(id));
    }
    if let Some(number) = act.number() {
        let key = number.to_string();
        return Subject::new(SubjectKind::Number, &key, &key);
    }
    let named = |kind, id: &str, object| Subject::new(kind, id, state.name_of(&object));
    match act {
        Act::SetOperator { operator, .. } => named(
            SubjectKind::Operator,
            operator,
            Object::Operator(operator.clone()),
        ),
        Act::SetVoiceRoutingPolicy { policy, .. } | Act::RemoveVoiceRoutingPolicy { policy } => {
            named(
                SubjectKind::VoiceRoutingPolicy,
                policy,
                Object::VoiceRoutingPolicy(policy.clone()),
            )
        }
        Act::SetVoiceRoute { route, .. } | Act::RemoveVoiceRoute { route } => named(
            SubjectKind::VoiceRoute,
            route,
            Object::VoiceRoute(route.clone()),
        ),
        Act::SetGateway { gateway, .. } | Act::RemoveGateway { gateway } => named(
            SubjectKind::Gateway,
            gateway,
            Object::Gateway(gateway.clone()),
        ),
        Act::RemoveUsage { usage } => Subject::new(SubjectKind::PstnUsage, usage, usage),
        Act::AddLocation { location, .. } | Act::RemoveLocation { location } => named(
            SubjectKind::EmergencyLocation,
            &location.to_string(),
            Object::Location(*location),
        ),
        Act::SetSharedCalling { policy, .. } => named(
            SubjectKind::SharedCallingPolicy,
            policy,
            Object::SharedCallingPolicy(policy.clone()),
        ),
        Act::RemoveApp { app } => {
            let kind = match tenant.kind_of(*app) {
                Some(crate::tenant::AppKind::CallQueue) => SubjectKind::CallQueue,
                _ => SubjectKind::AutoAttendant,
            };
            named(kind, &app.to_string(), Object::App(*app))
        }
        Act::GrantToGroup { group, .. } | Act::SetGroupMembers { group, .. } => {
            let id = group.to_string();
            let name = tenant.group(*group).and_then(|one| one.name.get());
            let name = name.map_or(id.as_str(), |name| tenant.snapshot.texts.text(name));
            Subject::new(SubjectKind::Group, &id, name)
        }
        _ => tenant_subject(state),
    }
}

fn tenant_subject(state: &State) -> Subject {
    let name = state.tenant.name().unwrap_or("tenant");
    Subject::new(SubjectKind::Tenant, "tenant", name)
}

fn draft(
    severity: Severity,
    subject: Subject,
    message: String,
    span: Span,
    label: impl Into<Cow<'static, str>>,
) -> Draft {
    Draft::new(
        severity,
        subject,
        message,
        Label::new(Place::whole(span), label),
    )
}

/// An act as messages name it: ``step 3, `assign-number` (+12065550101 to ana@contoso.example),``, with the change that the
/// plan writes where that is a procedure.
fn called(act: &RanAct, simulation: &Simulation) -> String {
    let name = act.act.name();
    let step = simulation.steps.get(act.step);
    let change = step.map_or(name, |step| step.step.change.name);
    let of = if change == name {
        String::new()
    } else {
        format!(" of `{change}`")
    };
    let about = match act.object.as_str() {
        "" => String::new(),
        object => format!(" ({object})"),
    };
    format!("step {}, `{name}`{of}{about},", act.step + 1)
}

fn missing(step: &RanStep, found: &mut Vec<Found>) {
    for (fault, span) in &step.missing {
        let subject = Subject::new(SubjectKind::Tenant, "tenant", "tenant");
        let mut one = draft(
            Severity::Error,
            subject,
            fault.message.clone(),
            *span,
            "this name",
        );
        one.discriminator.clone_from(&fault.message);
        one.remedy = Remedy {
            summary: fault
                .help
                .clone()
                .unwrap_or_else(|| "name something that is there".to_owned())
                .into(),
            commands: Vec::new(),
        };
        found.push(("PL012", one));
    }
}

fn deprecated(step: &RanStep, found: &mut Vec<Found>) {
    let Some(cmdlet) = step.step.deprecated else {
        return;
    };
    let instead = step.step.change.by;
    let mut one = draft(
        Severity::Warning,
        Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
        format!("`{cmdlet}` is deprecated: `{instead}` does it now"),
        step.head,
        "a cmdlet that is going away",
    );
    cmdlet.clone_into(&mut one.discriminator);
    one.remedy = Remedy {
        summary: format!("write `{}` instead", step.step.change.name).into(),
        commands: Vec::new(),
    };
    found.push(("PL008", one));
}

/// What an act needs and does not have: one finding for each need, whatever it is that stands against it.
fn unmet(act: &RanAct, simulation: &Simulation, found: &mut Vec<Found>) {
    let mut told: Vec<&str> = Vec::new();
    for (index, need) in act.needs.iter().enumerate() {
        if need.met != Met::No || told.contains(&need.what.as_str()) {
            continue;
        }
        told.push(&need.what);
        let same = |one: &&Need| one.met == Met::No && one.what == need.what;
        let all: Vec<&Need> = act.needs.iter().filter(same).collect();
        let instead: Vec<&str> = all.iter().map(|one| one.instead.as_str()).collect();
        let instead: Vec<&str> = instead.into_iter().filter(|one| !one.is_empty()).collect();
        let instead = if instead.is_empty() {
            String::new()
        } else {
            format!(", but {}", instead.join(", "))
        };
        let later = act
            .met_by
            .get(&index)
            .and_then(|by| simulation.acts.get(*by));
        let (verb, severity) = match need.weight {
            Weight::Refused | Weight::Missing => ("is refused", Severity::Error),
            Weight::Harm(Severity::Info) => ("is carried out all the same", Severity::Info),
            Weight::Harm(severity) => ("does harm", severity),
        };
        let code = match (need.weight, later) {
            (_, Some(_)) => "PL001",
            (Weight::Missing, None) => "PL012",
            _ => "PL002",
        };
        let mut message = format!(
            "{} {verb}: it needs that {}{instead}",
            called(act, simulation),
            need.what
        );
        if let Some(later) = later {
            let step = later.step + 1;
            message = format!("{message}; step {step} comes too late for that");
        }
        let label = all.first().map_or("", |one| one.instead.as_str());
        let label = if label.is_empty() { "not met" } else { label }.to_owned();
        let mut one = draft(
            severity,
            subject_of(&act.act, &simulation.state),
            message,
            act.span,
            label,
        );
        one.discriminator = format!("{} {}", act.act.name(), need.what);
        one.related = all
            .iter()
            .filter_map(|one| Some(Label::new(one.place.clone()?, one.instead.clone())))
            .take(RELATED)
            .collect();
        if let Some(later) = later {
            one.related.push(Label::new(
                Place::whole(later.span),
                format!("this step brings it: do it before step {}", act.step + 1),
            ));
        }
        one.remedy = remedy(act, need, later, simulation);
        found.push((code, one));
    }
}

/// Places in the snapshot that one finding points at.
const RELATED: usize = 3;

fn remedy(act: &RanAct, need: &Need, later: Option<&RanAct>, simulation: &Simulation) -> Remedy {
    if let Some(later) = later {
        let change = simulation
            .steps
            .get(later.step)
            .map_or("", |step| step.step.change.name);
        return Remedy {
            summary: format!(
                "move step {} (`{change}`) before step {}",
                later.step + 1,
                act.step + 1
            )
            .into(),
            commands: Vec::new(),
        };
    }
    Remedy {
        summary: if act.repair.is_empty() {
            format!("see to it first that {}", need.what).into()
        } else {
            "put these before it".into()
        },
        commands: act.repair.clone(),
    }
}

fn relied(act: &RanAct, simulation: &Simulation, found: &mut Vec<Found>) {
    let Some((what, began)) = act.relied.first() else {
        return;
    };
    let began = began.and_then(|began| simulation.acts.get(began));
    let mut one = draft(
        Severity::Warning,
        subject_of(&act.act, &simulation.state),
        format!(
            "{} relies on {what}, which takes time: no gate stands between",
            called(act, simulation)
        ),
        act.span,
        "may come too early",
    );
    one.discriminator = format!("{} {what}", act.act.name());
    if let Some(began) = began {
        one.related.push(Label::new(
            Place::whole(began.span),
            format!("begins in step {}", began.step + 1),
        ));
    }
    one.remedy = Remedy {
        summary: format!(
            "put `change = \"wait-for-export\"` before step {}, and check the rest against the new export",
            act.step + 1
        ).into(),
        commands: Vec::new(),
    };
    found.push(("PL006", one));
}

/// The classes of plans that some SKUs bring, of those that a number takes.
fn phone_classes(skus: &[ObjectId], tenant: &Tenant) -> PlanClasses {
    let all = skus.iter().filter_map(|id| tenant.plans_of_sku(*id));
    let all = all.fold(PlanClasses::EMPTY, PlanClasses::union);
    let wanted = [
        PlanClass::PhoneSystem,
        PlanClass::ResourceAccount,
        PlanClass::CallingPlan,
        PlanClass::PayAsYouGo,
    ];
    wanted
        .into_iter()
        .filter(|class| all.contains(*class))
        .collect()
}

/// Whether what one set brings does the same for a number as what the other does.
fn do_the_same(one: PlanClasses, other: PlanClasses) -> bool {
    let phone = |set: PlanClasses| {
        set.contains(PlanClass::PhoneSystem) || set.contains(PlanClass::ResourceAccount)
    };
    let plan = |set: PlanClasses| set.has_calling_plan() || set.contains(PlanClass::PayAsYouGo);
    phone(one) && phone(other) || plan(one) && plan(other)
}

/// Whether an act took a plan away: it was carried out, and no other license brought the same.
fn lost_a_plan(act: &RanAct) -> bool {
    act.changed.iter().any(|(edited, _)| match &edited.what {
        EditedWhat::Set("AssignedPlan", old, new) => old.iter().any(|plan| !new.contains(plan)),
        _ => false,
    })
}

/// Licenses that are taken away in one activity and given back in another.
fn split_licenses(simulation: &Simulation, found: &mut Vec<Found>) {
    let mut removed: BTreeMap<ObjectId, Vec<(&RanAct, PlanClasses)>> = BTreeMap::new();
    let mut added: BTreeMap<ObjectId, Vec<(&RanAct, PlanClasses)>> = BTreeMap::new();
    for act in &simulation.acts {
        let Act::ChangeLicense {
            account,
            add,
            remove,
        } = &act.act
        else {
            continue;
        };
        let state = &simulation.state;
        let [new, gone] = [add, remove].map(|skus| phone_classes(skus, &state.tenant));
        let is_account = state.is_resource_account(*account);
        let earlier = removed.remove(account).unwrap_or_default();
        let (split, rest): (Vec<_>, Vec<_>) = earlier
            .into_iter()
            .partition(|(_, classes)| do_the_same(*classes, new));
        if !rest.is_empty() {
            removed.insert(*account, rest);
        }
        for (first, _) in split.into_iter().filter(|(first, _)| lost_a_plan(first)) {
            split_license(first, act, add, is_account, state, found);
        }
        let before = added.get(account).into_iter().flatten();
        let mut before = before.filter(|(_, classes)| do_the_same(*classes, gone));
        if let Some((first, _)) = before.next_back()
            && is_account
        {
            added_first(first, act, state, found);
        }
        if !gone.is_empty() && !do_the_same(gone, new) {
            removed.entry(*account).or_default().push((act, gone));
        }
        if !new.is_empty() && !do_the_same(gone, new) {
            added.entry(*account).or_default().push((act, new));
        }
    }
}

fn split_license(
    first: &RanAct,
    then: &RanAct,
    add: &[ObjectId],
    is_account: bool,
    state: &State,
    found: &mut Vec<Found>,
) {
    let subject = subject_of(&first.act, state);
    let name = subject.name.clone();
    let skus: Vec<String> = add
        .iter()
        .map(|sku| format!("`{}`", name_of(*sku)))
        .collect();
    let related = Label::new(
        Place::whole(then.span),
        format!("only here {} comes", skus.join(", ")),
    );
    let commands = match (&first.act, &then.act) {
        (
            Act::ChangeLicense {
                account, remove, ..
            },
            Act::ChangeLicense { add, .. },
        ) => Act::ChangeLicense {
            account: *account,
            add: add.clone(),
            remove: remove.clone(),
        }
        .commands(state),
        _ => Vec::new(),
    };
    let remedy = Remedy {
        summary: format!(
            "put `add` and `remove` into one step: leave step {} out, and remove in step {} as well",
            first.step + 1,
            then.step + 1
        ).into(),
        commands,
    };
    let mut one = draft(
        Severity::Error,
        subject.clone(),
        format!(
            "step {} takes the license of `{name}` away, and only step {} gives another one: between the two the service takes its number off",
            first.step + 1,
            then.step + 1
        ),
        first.span,
        "removed here",
    );
    one.related.push(related.clone());
    one.remedy = remedy.clone();
    found.push(("PL003", one));
    if is_account {
        let mut one = draft(
            Severity::Error,
            subject,
            format!(
                "`{name}` is without license from step {} to step {}: after such a swap a resource account may not work any more, and has to be made anew",
                first.step + 1,
                then.step + 1
            ),
            first.span,
            "removed here",
        );
        "plan".clone_into(&mut one.discriminator);
        one.related.push(related);
        one.remedy = remedy;
        found.push(("RA003", one));
    }
}

fn added_first(first: &RanAct, then: &RanAct, state: &State, found: &mut Vec<Found>) {
    let subject = subject_of(&first.act, state);
    let name = subject.name.clone();
    let mut one = draft(
        Severity::Info,
        subject,
        format!(
            "`{name}` has two licenses from step {} to step {}: that is safe, and one step would do",
            first.step + 1,
            then.step + 1
        ),
        first.span,
        "added here",
    );
    "plan".clone_into(&mut one.discriminator);
    one.related
        .push(Label::new(Place::whole(then.span), "removed here"));
    one.remedy = Remedy {
        summary: "nothing has to be done; one step with `add` and `remove` is shorter".into(),
        commands: Vec::new(),
    };
    found.push(("RA003", one));
}

/// Holders who are without number from one batch to another.
fn gaps(simulation: &Simulation, found: &mut Vec<Found>) {
    let accepts = |act: &RanAct| {
        let step = simulation.steps.get(act.step);
        step.is_some_and(|step| step.step.accepts_outage)
    };
    let mut without: BTreeMap<ObjectId, &RanAct> = BTreeMap::new();
    for act in &simulation.acts {
        let Some(account) = act.act.account() else {
            continue;
        };
        match act.lines.map(|numbers| numbers > 0) {
            [true, false] => {
                without.insert(account, act);
            }
            [false, true] => {
                let Some(since) = without.remove(&account) else {
                    continue;
                };
                if since.batch == act.batch || accepts(since) || accepts(act) {
                    continue;
                }
                let subject = subject_of(&act.act, &simulation.state);
                let mut one = draft(
                    Severity::Warning,
                    subject.clone(),
                    without_number(&subject.name, since.step + 1, act.step + 1),
                    since.span,
                    "without number from here on",
                );
                one.related
                    .push(Label::new(Place::whole(act.span), "a number again"));
                one.remedy = Remedy {
                    summary: "tell the user and write `accept-outage = true` into the step, or shorten what lies between".into(),
                    commands: Vec::new(),
                };
                found.push(("PL004", one));
            }
            _ => {}
        }
    }
}

fn without_number(name: &str, since: usize, until: usize) -> String {
    let how_long = if since == until {
        format!("while step {since} waits for a new export")
    } else {
        format!("from step {since} until step {until} gives it one again")
    };
    format!("`{name}` is without number {how_long}: it can neither call nor be called")
}

/// What becomes of a number twice within one batch.
fn conflicts(simulation: &Simulation, found: &mut Vec<Found>) {
    let mut assigned: BTreeMap<PhoneNumber, &RanAct> = BTreeMap::new();
    let mut batch = 0;
    for act in &simulation.acts {
        if act.batch != batch {
            batch = act.batch;
            assigned.clear();
        }
        let (number, what) = match &act.act {
            Act::Assign { number, .. } => (*number, "assigned again"),
            Act::Unassign {
                number: Some(number),
                ..
            } => (*number, "taken off again"),
            _ => continue,
        };
        if let Some(first) = assigned.get(&number) {
            let key = number.to_string();
            let mut one = draft(
                Severity::Warning,
                Subject::new(SubjectKind::Number, &key, &key),
                format!(
                    "`{key}` is assigned in step {} and {what} in step {}, with no gate between",
                    first.step + 1,
                    act.step + 1
                ),
                act.span,
                what,
            );
            one.related
                .push(Label::new(Place::whole(first.span), "assigned here"));
            one.remedy = Remedy {
                summary: "leave one of the two out, or put a gate between".into(),
                commands: Vec::new(),
            };
            found.push(("PL009", one));
        }
        if matches!(act.act, Act::Assign { .. }) {
            assigned.insert(number, act);
        } else {
            assigned.remove(&number);
        }
    }
}

/// Edits that everybody feels, in a plan that is about some users.
fn tenant_wide(simulation: &Simulation, found: &mut Vec<Found>) {
    let moves = simulation.acts.iter().find(|act| match &act.act {
        Act::UploadOperatorConnect { .. } => true,
        Act::CompletePort { to, .. } => *to == Some("OperatorConnect"),
        Act::Assign {
            number,
            number_type,
            ..
        } => {
            let row = simulation.state.number(*number);
            let of_type = number_type.or_else(|| simulation.state.number_type(row?));
            of_type == Some("OperatorConnect")
        }
        _ => false,
    });
    let Some(moves) = moves else {
        return;
    };
    for act in &simulation.acts {
        let what = match &act.act {
            Act::SetVoiceRoutingPolicy { policy, .. } if policy == "global" => {
                "changes the voice routing of everybody who has no policy of their own".to_owned()
            }
            Act::RemoveUsage { usage } => {
                format!("takes PSTN usage `{usage}` off the whole tenant")
            }
            _ => continue,
        };
        let mut one = draft(
            Severity::Error,
            subject_of(&act.act, &simulation.state),
            format!(
                "{} {what}, but the plan is about single users",
                called(act, simulation)
            ),
            act.span,
            "everybody feels this",
        );
        one.related.push(Label::new(
            Place::whole(moves.span),
            "what the plan is about",
        ));
        one.remedy = Remedy {
            summary:
                "take the policy off the users who move: `grant-policy` without `policy`, of type `OnlineVoiceRoutingPolicy`".into(),
            commands: Vec::new(),
        };
        found.push(("PL007", one));
    }
}

/// Steps that nothing takes back: one finding for each step.
fn irreversible(simulation: &Simulation, found: &mut Vec<Found>) {
    for (number, step) in simulation.steps.iter().enumerate() {
        let acts = simulation.acts.get(step.acts.clone()).unwrap_or_default();
        let mut lasting = acts.iter().filter_map(|act| match &act.undo {
            Undo::Impossible(why) => Some((act, why)),
            _ => None,
        });
        let Some((first, why)) = lasting.next() else {
            continue;
        };
        let more = match lasting.count() {
            0 => String::new(),
            1 => "; and one more act of the step".to_owned(),
            more => format!("; and {more} more acts of the step"),
        };
        let mut one = draft(
            Severity::Info,
            subject_of(&first.act, &simulation.state),
            format!(
                "step {}, `{}`, cannot be taken back: {why}{more}",
                number + 1,
                first.act.name()
            ),
            step.head,
            "no way back",
        );
        first.act.name().clone_into(&mut one.discriminator);
        one.remedy = Remedy {
            summary: "make sure of it before you begin: keep a list of what is there now".into(),
            commands: Vec::new(),
        };
        found.push(("PL011", one));
    }
}

/// A plan may have one fault twice, at two places: each is a finding of its own.
fn tell_apart(found: &mut [Found]) {
    let mut seen: BTreeMap<(&str, SubjectKind, String, String), u32> = BTreeMap::new();
    for (code, one) in found {
        let key = (
            *code,
            one.subject.kind,
            one.subject.id.clone(),
            one.discriminator.clone(),
        );
        let count = seen.entry(key).or_default();
        *count += 1;
        if *count > 1 {
            one.discriminator = format!("{} #{count}", one.discriminator);
        }
    }
}
