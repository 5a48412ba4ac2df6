//! What procedures need that no single act does.

use super::holdings::type_of;
use crate::finding::Severity;
use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::{Answer, Decided, EffectiveRouting, InForce, leads_to_microsoft};

/// That calls of a person ring in Teams.
///
/// Source: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>.
pub(super) fn is_teams_only(account: ObjectId, state: &State) -> Option<Need> {
    if state.is_resource_account(account) {
        return None;
    }
    let user = state.user(account)?;
    let name = state.account_name(account);
    let mode = state.tenant.coexistence(user);
    let (place, told) = match mode.decided {
        Decided::Mode(mode) => (user.at("TeamsUpgradeEffectiveMode"), Some(mode)),
        Decided::Policy(policy) => (user.at("TeamsUpgradePolicy"), Some(policy)),
        Decided::Global(mode, place) => (place, Some(mode)),
        Decided::Nothing => (user.at("TeamsUpgradeEffectiveMode"), None),
    };
    let instead = told.map_or_else(
        || "no export tells the coexistence mode".to_owned(),
        |told| format!("its coexistence mode is `{told}`"),
    );
    Some(
        Need::harm(
            Severity::Error,
            format!("`{name}` is Teams Only"),
            mode.teams_only,
        )
        .instead(instead)
        .at(place),
    )
}

/// That a voice routing policy leads to a session border controller that takes calls.
///
/// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
pub(super) fn leads_out(policy: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let what = |name: &str| format!("calls by policy `{name}` find a route that works");
    let Some(found) = tenant.voice_routing_policies.find(policy) else {
        return Need::harm(Severity::Error, what(policy), Met::Unknown)
            .instead("the policy is not exported");
    };
    let name = state.symbol(found.name.get().map(|name| name.0));
    let routes = tenant.live_routes(found);
    let met = match (routes.live.is_empty(), routes.unknown) {
        (false, _) => Met::Yes,
        (true, true) => Met::Unknown,
        (true, false) => Met::No,
    };
    Need::harm(Severity::Error, what(name), met)
        .instead("no usage of it leads to a session border controller that is enabled")
        .at(found.at("OnlinePstnUsages"))
}

/// That no voice routing policy of an account sends its calls to a session border controller.
///
/// Source: <https://learn.microsoft.com/microsoftteams/shared-calling-plan>.
pub(super) fn has_no_usages(account: ObjectId, state: &State) -> Option<Need> {
    let name = state.account_name(account);
    let user = state.user(account)?;
    let routing = state.tenant.effective_voice_routing(user, None);
    let (policy, place) = match routing {
        EffectiveRouting::Named { policy, place, .. } => (Some(policy), Some(place.into())),
        EffectiveRouting::Global(policy) => {
            (policy, policy.map(|policy| policy.at("OnlinePstnUsages")))
        }
        EffectiveRouting::Dangling(_) | EffectiveRouting::Unknown => (None, None),
    };
    let met = match policy.map(|policy| &policy.usages) {
        Some(Field::Value(usages)) => usages.is_empty().into(),
        Some(Field::Null) => Met::Yes,
        Some(Field::Absent) | None => Met::Unknown,
    };
    let called = policy.map(|policy| state.symbol(policy.name.get().map(|name| name.0)));
    Some(
        Need::harm(
            Severity::Error,
            format!("no PSTN usage routes the calls of `{name}`"),
            met,
        )
        .instead(match called {
            Some(policy) => format!("policy `{policy}` brings usages"),
            None => "no export tells its voice routing policy".to_owned(),
        })
        .at(place),
    )
}

/// That a person has no number of its own.
pub(super) fn has_no_number(account: ObjectId, state: &State) -> Option<Need> {
    let name = state.account_name(account);
    let user = state.user(account)?;
    let met = match state.tenant.has_line(user) {
        Answer::Yes => Met::No,
        Answer::No => Met::Yes,
        Answer::Unknown => Met::Unknown,
    };
    let line = state.tenant.line_of(user);
    let (instead, place) = match line {
        Some((number, place)) => (format!("it has `{number}`"), Some(place)),
        None => ("no export tells its number".to_owned(), None),
    };
    Some(
        Need::refused(format!("`{name}` has no number of its own"), met)
            .instead(instead)
            .at(place),
    )
}

/// That it is told from where a number comes: what is typed to move it depends on it. A number that a whole inventory does not
/// list is one of Direct Routing.
pub(super) fn is_of_told_type(number: PhoneNumber, state: &State) -> Option<Need> {
    let row = state.number(number);
    let is_told = match row {
        Some(_) => type_of(number, state).is_some(),
        None => state.is_whole(ExportKind::PhoneNumberAssignment),
    };
    if is_told {
        return None;
    }
    let need = Need::refused(format!("the type of `{number}` is told"), Met::Unknown)
        .instead("no export tells whether it is ported, released or uploaded");
    Some(match row {
        Some(row) => need.at(row.record.at("NumberType")),
        None => need,
    })
}

/// That nobody calls by a shared calling policy before a number comes.
pub(super) fn shares_no_number(account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let InForce::Policy {
        policy,
        name,
        place,
        ..
    } = state.tenant.shared_calling_policy(user)
    else {
        return None;
    };
    policy.account.get()?;
    let account = state.account_name(account);
    Some(
        Need::harm(
            Severity::Error,
            format!("`{account}` does not use Shared Calling"),
            Met::No,
        )
        .instead(format!("it has shared calling policy `{name}`"))
        .at(place.map_or_else(|| policy.at("ResourceAccount"), Into::into)),
    )
}

/// That an account is one of an auto attendant or call queue.
pub(super) fn is_resource_account(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let is_told = state.user(account).is_none_or(|user| {
        let kind = state.tenant.account_kind(user);
        kind != crate::tenant::AccountKind::Unknown
    });
    let met = match state.is_resource_account(account) {
        true => Met::Yes,
        false if is_told => Met::No,
        false => Met::Unknown,
    };
    Need::refused(format!("`{name}` is a resource account"), met)
        .instead("it is the account of a person")
        .at(state.at(account, "AccountType"))
}

/// That each app of a resource account keeps another one.
pub(super) fn apps_keep_an_account(
    account: ObjectId,
    leaving: &[ObjectId],
    state: &State,
) -> Vec<Need> {
    let tenant = &state.tenant;
    let apps = tenant
        .resource_account(account)
        .map(|account| account.apps.as_slice());
    let needs = apps.unwrap_or_default().iter().filter_map(|app| {
        let found = tenant.app(*app)?;
        let mut others = tenant.accounts_of(*app).iter();
        let keeps = others.any(|other| *other != account && !leaving.contains(other));
        let words = tenant.app_words(found);
        Some(
            Need::harm(
                Severity::Warning,
                format!("{words} keeps a resource account"),
                keeps,
            )
            .instead("nobody reaches it any more, unless other apps lead to it directly")
            .at(found.at("ApplicationInstances")),
        )
    });
    needs.collect()
}

/// That accounts of a domain can be made in the cloud: it federates through Microsoft, and the tenant owns it.
///
/// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
pub(super) fn of_domain(upn: &str, made_in_the_cloud: bool, state: &State) -> Vec<Need> {
    let Some((_, domain)) = upn.rsplit_once('@') else {
        return vec![
            Need::refused(format!("`{upn}` is a user principal name"), false)
                .instead("it has no domain"),
        ];
    };
    let domain = domain.to_lowercase();
    let mut needs = Vec::new();
    let directory = &state.tenant.directory;
    let found = directory.domains.find(&domain);
    let verified = match found.map(|domain| domain.verified) {
        Some(Field::Value(verified)) => verified.into(),
        Some(_) => Met::Unknown,
        None => state.is_there(false, ExportKind::GraphDomain).into(),
    };
    needs.push(
        Need::refused(format!("the tenant has verified `{domain}`"), verified)
            .instead(match (verified, found) {
                (Met::Unknown, _) => "no export tells",
                (_, Some(_)) => "it is not verified",
                (_, None) => "it is no domain of the tenant",
            })
            .at(found.map(|domain| domain.at("isVerified"))),
    );
    // Nobody can point the domains of Microsoft at a server.
    if made_in_the_cloud && !domain.ends_with(".onmicrosoft.com") {
        let facts = directory.dns.find(&domain);
        let target = facts.map(|facts| facts.sip_federation);
        let shown = match target {
            Some(Field::Value(target)) => state.symbol(Some(target)),
            _ => "",
        };
        let met = match target {
            None | Some(Field::Absent) => Met::Unknown,
            Some(Field::Null) => Met::Yes,
            Some(Field::Value(_)) => leads_to_microsoft(shown.trim()).into(),
        };
        needs.push(
            Need::harm(
                Severity::Error,
                format!("`{domain}` does not federate through a server of the organization"),
                met,
            )
            .instead(if met == Met::No {
                format!("it does, through `{shown}`: create the account there, with `create-hybrid-resource-account`")
            } else {
                "the DNS facts do not tell".to_owned()
            })
            .at(facts.map(|facts| facts.at("sipfederationtls"))),
        );
    }
    needs
}
