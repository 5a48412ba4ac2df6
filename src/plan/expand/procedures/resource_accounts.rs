//! Resource accounts: create, license, number, retype, switch the license.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.

use super::holdings::{country_of, license as license_of, licensed, skus_of, unassign_all};
use super::needs::{apps_keep_an_account, is_resource_account, of_domain};
use super::sequence::Sequence;
use super::{optional, optional_license};
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::expand::primitives::{app_type, create as creation};
use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::snapshot::service_plans::{PlanClass, TEAMS_PHONE_STANDARD_SKU};
use crate::tenant::{AccountRole, Answer};

/// Until when a new account is known to every part of the service.
pub(super) const KNOWN_AFTER: u64 = 24;

/// Create, usage location, license, number, app. Licenses and numbers are had before any of it.
pub(super) fn create(step: &mut Operands) -> Option<Vec<Planned>> {
    let number = optional(step, "number", Operands::number).ok()?;
    let location = optional(step, "location", Operands::location).ok()?;
    let app = optional(step, "app", Operands::app).ok()?;
    let sku = optional_license(step).ok()?;
    let country = step.countries("usage-location").into_iter().next();
    let mut created = creation(step, false)?;
    let state = step.state;
    let Act::CreateAccount { account, upn, .. } = &created.act else {
        return None;
    };
    let account = *account;
    created.needs = of_domain(upn, true, state);
    let bytes = created.bytes.clone();
    let mut sequence = Sequence::default();
    sequence.with_needs(created.act, &bytes, created.needs);
    sequence.act(Act::Wait { hours: KNOWN_AFTER }, &bytes);
    let country = country.or_else(|| country_of(number?, None, state));
    if let Some(country) = country {
        sequence.act(Act::SetUsageLocation { account, country }, &bytes);
    }
    let add = vec![sku.unwrap_or_else(|| state.tenant.resource_account_sku().id)];
    let remove = Vec::new();
    sequence.act(
        Act::ChangeLicense {
            account,
            add,
            remove,
        },
        &bytes,
    );
    if let Some(number) = number {
        let act = Act::Assign {
            account,
            number,
            number_type: step.step.word("type"),
            location,
            category: None,
        };
        sequence.act(act, &bytes);
    }
    if let Some(app) = app {
        sequence.act(Act::Associate { account, app }, &bytes);
    }
    Some(sequence.done())
}

/// Usage location, then license; nothing for accounts that have theirs.
pub(super) fn license(step: &mut Operands) -> Option<Vec<Planned>> {
    let sku = optional_license(step).ok()?;
    let given = step.countries("usage-location").into_iter().next();
    let accounts = step.accounts("accounts");
    let state = step.state;
    let mut sequence = Sequence::default();
    for (account, bytes) in accounts {
        let Some(act) = license_for_account(account, sku, state) else {
            continue;
        };
        let country = given.clone().or_else(|| own_country(account, state));
        if let Some(country) = country {
            sequence.act(Act::SetUsageLocation { account, country }, &bytes);
        }
        let full = licensed(account, PlanClass::PhoneSystem, state);
        let name = state.account_name(account);
        let has_none = match full {
            Answer::Yes => Met::No,
            Answer::No => Met::Yes,
            Answer::Unknown => Met::Unknown,
        };
        let swapped = Need::harm(
            Severity::Warning,
            format!("`{name}` has no Teams Phone license of people"),
            has_none,
        )
        .instead(match has_none {
            Met::No => "it has one: `switch-to-virtual-user-license` swaps it in one activity",
            _ => "no export tells its licenses",
        })
        .at(state.at(account, "AssignedPlan"));
        let needs = vec![is_resource_account(account, state), swapped];
        sequence.with_needs(act, &bytes, needs);
    }
    Some(sequence.done())
}

/// Gives a number; the license is there already.
pub(super) fn give_number(step: &mut Operands) -> Option<Vec<Planned>> {
    let (account, _) = step.account("account")?;
    let (number, bytes) = step.number("number")?;
    let location = optional(step, "location", Operands::location).ok()?;
    let needs = vec![is_resource_account(account, step.state)];
    let act = Act::Assign {
        account,
        number,
        number_type: step.step.word("type"),
        location,
        category: None,
    };
    Some(vec![Planned { act, bytes, needs }])
}

/// Takes the number; what lives on it is told.
pub(super) fn take_number(step: &mut Operands) -> Option<Vec<Planned>> {
    let (account, bytes) = step.account("account")?;
    let state = step.state;
    let mut needs = vec![is_resource_account(account, state)];
    needs.extend(nothing_uses_number(account, state));
    needs.extend(apps_keep_an_entry(account, state));
    let mut sequence = Sequence::default();
    for act in unassign_all(account, state) {
        sequence.with_needs(act, &bytes, std::mem::take(&mut needs));
    }
    Some(sequence.done())
}

/// An account is retyped between two apps only.
pub(super) fn retype(step: &mut Operands) -> Option<Vec<Planned>> {
    let (account, bytes) = step.account("account")?;
    let app = optional(step, "app", Operands::app).ok()?;
    let app_type = app_type(step)?;
    let state = step.state;
    let mut sequence = Sequence::default();
    if serves_app(account, state) {
        // An app that it serves again is not left.
        let is_left = served(account, state)
            .into_iter()
            .any(|own| Some(own) != app);
        let needs = if is_left {
            apps_keep_an_account(account, &[], state)
        } else {
            Vec::new()
        };
        sequence.with_needs(Act::Dissociate { account }, &bytes, needs);
    }
    sequence.act(Act::SetApplicationType { account, app_type }, &bytes);
    if let Some(app) = app {
        sequence.act(Act::Associate { account, app }, &bytes);
    }
    Some(sequence.done())
}

/// One activity for each account: between two, an account would be without license and may break for good.
///
/// Source: <https://learn.microsoft.com/microsoftteams/phone-numbers-licensing-changes>.
pub(super) fn switch_license(step: &mut Operands) -> Option<Vec<Planned>> {
    let given = step.licenses("remove");
    if given.is_empty() && step.step.field("remove").is_some() {
        return None;
    }
    let accounts = step.accounts("accounts");
    let state = step.state;
    let sku = state.tenant.resource_account_sku().id;
    let acts = accounts.into_iter().map(|(account, bytes)| {
        let has_it = licensed(account, PlanClass::ResourceAccount, state) == Answer::Yes;
        let mut remove = given.clone();
        if remove.is_empty() {
            let own = skus_of(account, state);
            let own = own.map(|own| {
                let full = own.iter().filter(|own| own.brings(PlanClass::PhoneSystem));
                full.map(|own| own.id).collect::<Vec<_>>()
            });
            remove = own
                .filter(|own| !own.is_empty())
                .unwrap_or_else(|| vec![ObjectId::from_bits(TEAMS_PHONE_STANDARD_SKU)]);
        }
        let needs = vec![
            is_resource_account(account, state),
            is_on_full_license(account, state),
        ];
        let act = Act::ChangeLicense {
            account,
            add: if has_it { Vec::new() } else { vec![sku] },
            remove,
        };
        Planned { act, bytes, needs }
    });
    Some(acts.collect())
}

/// Whether an account is associated with an app.
pub(super) fn serves_app(account: ObjectId, state: &State) -> bool {
    let listed = state.tenant.resource_account(account);
    listed.is_some_and(|listed| state.tenant.serves_app(listed) == Answer::Yes)
}

/// The apps of an account.
fn served(account: ObjectId, state: &State) -> Vec<ObjectId> {
    let listed = state.tenant.resource_account(account);
    listed.map(|listed| listed.apps.clone()).unwrap_or_default()
}

/// The license of resource accounts, unless an account has it.
fn license_for_account(account: ObjectId, given: Option<ObjectId>, state: &State) -> Option<Act> {
    if given.is_some() {
        return license_of(account, given, state);
    }
    let has_it = licensed(account, PlanClass::ResourceAccount, state) == Answer::Yes;
    (!has_it).then(|| Act::ChangeLicense {
        account,
        add: vec![state.tenant.resource_account_sku().id],
        remove: Vec::new(),
    })
}

/// The country of an account without usage location, by its number.
fn own_country(account: ObjectId, state: &State) -> Option<String> {
    let is_blank = state
        .user(account)
        .is_some_and(|user| user.usage_location.is_null());
    let number = state.numbers_of(account).into_iter().next()?;
    is_blank.then(|| country_of(number, None, state))?
}

fn is_on_full_license(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    Need::refused(
        format!("`{name}` has a Teams Phone license of people to swap"),
        licensed(account, PlanClass::PhoneSystem, state),
    )
    .instead("it has none that works")
    .at(state.at(account, "AssignedPlan"))
}

/// That nothing but the account's app lives on its number. Shared Calling is the business of the act.
fn nothing_uses_number(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let uses = state.tenant.uses_of(account).iter();
    let uses = uses.filter(|one| one.role == AccountRole::CallerId);
    let needs = uses.map(|one| {
        Need::harm(
            Severity::Error,
            format!("nobody shows the number of `{name}` to those who are called"),
            false,
        )
        .instead(format!("{} does", one.by))
        .at(one.place.clone())
    });
    needs.collect()
}

/// That callers from outside still come in at each app of an account.
fn apps_keep_an_entry(account: ObjectId, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let listed = tenant.resource_account(account);
    let apps = listed.map(|listed| listed.apps.as_slice());
    let needs = apps.unwrap_or_default().iter().filter_map(|app| {
        let found = tenant.app(*app)?;
        let others = tenant.accounts_of(*app).iter();
        let others = others.filter(|other| **other != account);
        let mut met = Met::No;
        for other in others.filter_map(|other| tenant.resource_account(*other)) {
            match tenant.has_number(other) {
                Answer::Yes => met = Met::Yes,
                Answer::Unknown if met == Met::No => met = Met::Unknown,
                _ => {}
            }
        }
        let words = tenant.app_words(found);
        Some(
            Need::harm(
                Severity::Warning,
                format!("callers from outside reach {words} by another number"),
                met,
            )
            .instead("no other account of it is known to have one")
            .at(found.at("ApplicationInstances")),
        )
    });
    needs.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{
        acts, contoso, expanded, id, open, unmet, with,
    };

    const CREATE: &str = "change = \"create-resource-account\"\napp-type = \"call-queue\"\n";

    #[test]
    fn accounts_are_made_where_their_domain_federates() {
        let step = format!("{CREATE}name = \"new@contoso.example\"");
        let server = json!({"sipfederationtls": "sip.contoso.example"});
        let files = with(contoso(), "dns.json", "contoso.example", &server);
        let files = with(
            files,
            "graph-domains.json",
            "contoso.example",
            &json!({"isVerified": false}),
        );
        assert_eq!(
            unmet(&files, &step),
            [
                "the tenant has verified `contoso.example`: it is not verified",
                "`contoso.example` does not federate through a server of the organization: it does, through `sip.contoso.example`: create the account there, with `create-hybrid-resource-account`",
            ]
        );
        let foreign = format!("{CREATE}name = \"new@fabrikam.example\"");
        assert_eq!(
            unmet(&files, &foreign),
            ["the tenant has verified `fabrikam.example`: it is no domain of the tenant"]
        );
        let mut files = files;
        files.retain(|(name, _)| !["dns.json", "graph-domains.json"].contains(name));
        assert_eq!(open(&files, &step).len(), 2);
        let cloud = format!("{CREATE}name = \"new@contoso.onmicrosoft.com\"");
        assert_eq!(open(&files, &cloud).len(), 1, "nobody moves that domain");
    }

    #[test]
    fn a_license_of_people_is_swapped_and_not_joined() {
        let step = "change = \"license-resource-account\"\naccounts = [\"sales@contoso.example\", \"dan@contoso.example\"]";
        assert_eq!(
            unmet(&contoso(), step),
            [
                "`sales@contoso.example` has no Teams Phone license of people: it has one: `switch-to-virtual-user-license` swaps it in one activity",
                "`dan@contoso.example` is a resource account: it is the account of a person",
            ]
        );
    }

    #[test]
    fn a_swap_is_one_activity_with_the_licenses_that_the_account_has() {
        let step =
            "change = \"switch-to-virtual-user-license\"\naccounts = [\"sales@contoso.example\"]";
        let swap = |files| {
            let (_, expansion) = expanded(&files, step);
            let [one] = expansion.acts.as_slice() else {
                panic!("{:?}", expansion.acts);
            };
            let Act::ChangeLicense { add, remove, .. } = &one.act else {
                panic!("{one:?}");
            };
            let ids = |skus: &[crate::snapshot::ObjectId]| {
                skus.iter().map(ToString::to_string).collect::<Vec<_>>()
            };
            (ids(add), ids(remove))
        };
        let virtual_user = "440eaaa8-b3e0-484b-a8be-62870b9ba70a".to_owned();
        let standard = "e43b5b99-8dfb-405f-9987-dc307f34bcbd".to_owned();
        assert_eq!(
            swap(contoso()),
            (vec![virtual_user.clone()], vec![standard])
        );
        // Suites bring Teams Phone too.
        let e5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06".to_owned();
        let mut files = contoso();
        files.push((
            "graph-users.json",
            json!([{"id": id(12), "userPrincipalName": "sales@contoso.example", "accountEnabled": false, "assignedLicenses": [{"skuId": e5, "disabledPlans": []}]}]),
        ));
        assert_eq!(swap(files), (vec![virtual_user], vec![e5]));
        let person = step.replace("sales", "dan");
        assert_eq!(
            unmet(&contoso(), &person),
            [
                "`dan@contoso.example` is a resource account: it is the account of a person",
                "`dan@contoso.example` has a Teams Phone license of people to swap: it has none that works",
            ]
        );
    }

    #[test]
    fn a_number_that_is_shown_elsewhere_is_told() {
        let mut files = contoso();
        files.push((
            "Get-CsCallingLineIdentity.json",
            json!([{"Identity": "Tag:Desk", "CallingIDSubstitute": "Resource", "ResourceAccount": id(11)}]),
        ));
        let step = "change = \"take-service-number\"\naccount = \"main@contoso.example\"";
        let told = unmet(&files, step);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(
            told[0],
            "nobody shows the number of `main@contoso.example` to those who are called: caller ID policy `Desk` does"
        );
        let person = "change = \"give-service-number\"\naccount = \"dan@contoso.example\"\nnumber = \"+12065550120\"";
        assert_eq!(unmet(&files, person).len(), 1);
    }

    #[test]
    fn an_app_that_is_served_again_is_not_left() {
        let step = |app: &str| {
            format!(
                "change = \"retype-resource-account\"\naccount = \"sales@contoso.example\"\napp-type = \"call-queue\"\n{app}"
            )
        };
        let told = unmet(&contoso(), &step(""));
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(unmet(&contoso(), &step("app = \"Sales\"")), [""; 0]);
    }

    #[test]
    fn an_account_without_app_is_retyped_at_once() {
        let step = "change = \"retype-resource-account\"\naccount = \"old@contoso.example\"\napp-type = \"auto-attendant\"";
        assert_eq!(acts(&contoso(), step), ["set-application-type"]);
    }

    #[test]
    fn half_a_swap_is_finished() {
        let both = json!({"FeatureTypes": ["PhoneSystem", "VoiceApp"]});
        let files = with(contoso(), "Get-CsOnlineUser.json", "sales@", &both);
        let step =
            "change = \"switch-to-virtual-user-license\"\naccounts = [\"sales@contoso.example\"]";
        let (_, expansion) = expanded(&files, step);
        let Act::ChangeLicense { add, remove, .. } = &expansion.acts[0].act else {
            panic!("{:?}", expansion.acts);
        };
        assert!(add.is_empty());
        assert_eq!(remove.len(), 1);
    }
}
