//! What the names of a plan mean in a tenant: user principal names, numbers, operators, policies and the rest.
//!
//! A name that a whole export lacks is a fault at its place in the plan, with the nearest name that there is. Where the
//! export is missing, or lacks records, nobody can tell: the name is unknown, which is neither right nor wrong.

use std::collections::BTreeMap;

use super::step::{Fault, Name};
use super::vocabulary::Of;
use crate::config::did_you_mean;
use crate::snapshot::object_id::parse_guid;
use crate::snapshot::record::Record;
use crate::snapshot::service_plans::{all_skus, sku_by_id, sku_by_part_number};
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber};
use crate::tenant::Tenant;
use crate::tenant::lists::{ListOf, Listed, Visitor, each_list};

/// Names for which the nearest ones are looked for: beyond that, a plan has other troubles than typing.
const SUGGESTED: u32 = 20;

/// What a name means.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    /// An object of the tenant: kind in kebab-case and stable identity.
    Object {
        /// Kind.
        kind: &'static str,
        /// Identity: object id, or lower-cased name.
        id: String,
    },
    /// A number of the tenant's inventory.
    Number(PhoneNumber),
    /// A number that the inventory does not list.
    NewNumber(PhoneNumber),
    /// A license, by its SKU id.
    License(ObjectId),
    /// A country, ISO 3166-1 alpha-2, in upper case.
    Country(String),
    /// A PSTN usage, as the tenant spells it.
    Usage(String),
    /// Something that is not there yet, as written.
    New(String),
    /// Something of which the export does not tell whether it is there.
    Unknown(String),
}

/// All names of a tenant.
#[derive(Debug)]
pub struct Names {
    /// By kind and lower-cased name or id: the ids that go by it.
    by_name: BTreeMap<(&'static str, String), Vec<String>>,
    usages: Vec<String>,
    suggested: u32,
}

impl Names {
    /// Collects the names, once for a plan.
    pub fn of(tenant: &Tenant) -> Self {
        let texts = &tenant.snapshot.texts;
        let usages = tenant
            .pstn_usages
            .iter()
            .filter_map(|record| record.usages.value())
            .flat_map(|usages| usages.iter().map(|usage| texts.symbol(*usage).to_owned()))
            .collect();
        let mut collector = Collector::default();
        each_list([tenant], &mut collector);
        Self {
            by_name: collector.0,
            usages,
            suggested: 0,
        }
    }

    /// Notes something that a step of the plan creates, for the steps behind it.
    pub fn add(&mut self, kind: &'static str, name: &str, id: &str) {
        for key in [folded(name), folded(id)] {
            let ids = self.by_name.entry((kind, key)).or_default();
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    }

    /// What a name means. `policy_type` says of what type a policy is.
    ///
    /// # Errors
    /// When there is nothing of that name, or more than one.
    pub fn resolve(
        &mut self,
        tenant: &Tenant,
        of: Of,
        name: &Name,
        policy_type: Option<&str>,
    ) -> Result<Thing, Fault> {
        let text = name.text.as_str();
        match of {
            Of::New => Ok(Thing::New(text.to_owned())),
            Of::Country => match text {
                code if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                    Ok(Thing::Country(code.to_ascii_uppercase()))
                }
                _ => Err(
                    Fault::new(format!("`{text}` is no country"), name.bytes.clone())
                        .help("write two letters of ISO 3166-1, such as `US`"),
                ),
            },
            Of::Number => match PhoneNumber::parse(text) {
                Some(number) if tenant.number(number).is_some() => Ok(Thing::Number(number)),
                Some(number) => Ok(Thing::NewNumber(number)),
                None => Err(Fault::new(
                    format!("`{text}` is no telephone number"),
                    name.bytes.clone(),
                )
                .help("write it in E.164, such as `+12065550101`")),
            },
            Of::License => license(name),
            Of::Usage => self.usage(tenant, name),
            Of::Policy => match policy_type.and_then(list_of_policies) {
                // `Global` is there whether it is exported or not.
                Some((kind, _)) if text.eq_ignore_ascii_case("global") => Ok(Thing::Object {
                    kind,
                    id: "global".to_owned(),
                }),
                Some(list) => self.object(tenant, of, &[list], name),
                None => Ok(Thing::Unknown(text.to_owned())),
            },
            other => self.object(tenant, other, lists(other), name),
        }
    }

    fn object(
        &mut self,
        tenant: &Tenant,
        of: Of,
        lists: &[(&'static str, &'static str)],
        name: &Name,
    ) -> Result<Thing, Fault> {
        let key = folded(&name.text);
        for (kind, _) in lists {
            match self.by_name.get(&(*kind, key.clone())).map(Vec::as_slice) {
                Some([id]) => {
                    let id = id.clone();
                    return Ok(Thing::Object { kind, id });
                }
                Some(several @ [_, _, ..]) => {
                    // A deleted account is meant by its id where a live one has its name.
                    let mut live = several.iter().filter(|id| !is_deleted(tenant, id));
                    if let (Some(id), None) = (live.next(), live.next()) {
                        let id = id.clone();
                        return Ok(Thing::Object { kind, id });
                    }
                    let message = format!("more than one {} is called `{}`", of.words(), name.text);
                    return Err(Fault::new(message, name.bytes.clone()).help("write its id"));
                }
                _ => {}
            }
        }
        if !lists.iter().all(|(_, export)| is_whole(tenant, export)) {
            return Ok(Thing::Unknown(name.text.clone()));
        }
        let message = format!("the snapshot has no {} `{}`", of.words(), name.text);
        let fault = Fault::new(message, name.bytes.clone());
        self.suggested += 1;
        if self.suggested > SUGGESTED {
            return Err(fault);
        }
        let kinds: Vec<&str> = lists.iter().map(|(kind, _)| *kind).collect();
        let known = self.by_name.keys();
        let known = known
            .filter(|(kind, name)| kinds.contains(kind) && parse_guid(name).is_none())
            .map(|(_, name)| name.as_str());
        let exports: Vec<&str> = lists.iter().map(|(_, export)| *export).collect();
        let otherwise = format!("it is not in {}", exports.join(" or "));
        Err(fault.help(did_you_mean(&name.text, known, otherwise)))
    }

    fn usage(&self, tenant: &Tenant, name: &Name) -> Result<Thing, Fault> {
        let mut known = self.usages.iter();
        match known.find(|usage| usage.eq_ignore_ascii_case(&name.text)) {
            Some(usage) => Ok(Thing::Usage(usage.clone())),
            None if !is_whole(tenant, USAGES) => Ok(Thing::Unknown(name.text.clone())),
            None => {
                let message = format!("the tenant has no PSTN usage `{}`", name.text);
                let known = self.usages.iter().map(String::as_str);
                let help = did_you_mean(&name.text, known, format!("it is not in {USAGES}"));
                Err(Fault::new(message, name.bytes.clone()).help(help))
            }
        }
    }
}

/// Whether an export is there with all its records.
fn is_whole(tenant: &Tenant, export: &str) -> bool {
    let snapshot = &tenant.snapshot;
    ExportKind::from_name(export).is_some_and(|kind| {
        snapshot.has_export(kind.family()) && snapshot.incomplete(kind.family()).is_none()
    })
}

const USAGES: &str = "Get-CsOnlinePstnUsage";

/// Where things of a kind are listed: kinds of the tenant's lists, each with its export.
fn lists(of: Of) -> &'static [(&'static str, &'static str)] {
    match of {
        Of::Account => &[
            ("user", "Get-CsOnlineUser"),
            ("resource-account", "Get-CsOnlineApplicationInstance"),
        ],
        Of::Operator => &[("operator", "operators")],
        Of::Location => &[("emergency-location", "Get-CsOnlineLisLocation")],
        Of::App => &[("app", "Get-CsAutoAttendant"), ("app", "Get-CsCallQueue")],
        Of::Route => &[("voice-route", "Get-CsOnlineVoiceRoute")],
        Of::Gateway => &[("gateway", "Get-CsOnlinePSTNGateway")],
        Of::Group => &[("group", "Graph groups")],
        Of::Number | Of::License | Of::Policy | Of::Usage | Of::Country | Of::New => &[],
    }
}

/// Where the policies of a type are listed.
fn list_of_policies(policy_type: &str) -> Option<(&'static str, &'static str)> {
    Some(match policy_type {
        "OnlineVoiceRoutingPolicy" => ("voice-routing-policy", "Get-CsOnlineVoiceRoutingPolicy"),
        "TeamsUpgradePolicy" => ("upgrade-policy", "Get-CsTeamsUpgradePolicy"),
        "TeamsCallingPolicy" => ("calling-policy", "Get-CsTeamsCallingPolicy"),
        "TeamsEmergencyCallRoutingPolicy" => (
            "emergency-call-routing-policy",
            "Get-CsTeamsEmergencyCallRoutingPolicy",
        ),
        "TeamsEmergencyCallingPolicy" => (
            "emergency-calling-policy",
            "Get-CsTeamsEmergencyCallingPolicy",
        ),
        "TenantDialPlan" => ("dial-plan", "Get-CsTenantDialPlan"),
        "CallingLineIdentity" => ("caller-id-policy", "Get-CsCallingLineIdentity"),
        "TeamsSharedCallingRoutingPolicy" => (
            "shared-calling-policy",
            "Get-CsTeamsSharedCallingRoutingPolicy",
        ),
        "TeamsVoiceApplicationsPolicy" => (
            "voice-applications-policy",
            "Get-CsTeamsVoiceApplicationsPolicy",
        ),
        "OnlineAudioConferencingRoutingPolicy" => (
            "conferencing-routing-policy",
            "Get-CsOnlineAudioConferencingRoutingPolicy",
        ),
        _ => return None,
    })
}

/// A license by its id, its part number, or the name of its product.
///
/// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>.
fn license(name: &Name) -> Result<Thing, Fault> {
    let text = name.text.as_str();
    if let Some(id) = parse_guid(text) {
        // A license that Microsoft's table does not list is one all the same.
        return Ok(Thing::License(ObjectId::from_bits(id)));
    }
    let by_product = || all_skus().filter(|sku| sku.product.eq_ignore_ascii_case(text));
    let ids: Vec<u128> = match sku_by_part_number(text)
        .map(|sku| sku.id)
        .collect::<Vec<_>>()
    {
        ids if ids.is_empty() => by_product().map(|sku| sku.id).collect(),
        ids => ids,
    };
    match ids.as_slice() {
        [id] => Ok(Thing::License(ObjectId::from_bits(*id))),
        [] => {
            let known = all_skus().flat_map(|sku| [sku.part_number, sku.product]);
            let otherwise = "write its part number, the name of its product or its SKU id";
            let help = did_you_mean(text, known, otherwise);
            Err(Fault::new(format!("`{text}` is no license"), name.bytes.clone()).help(help))
        }
        several => {
            let products = several.iter().filter_map(|id| sku_by_id(*id));
            let products: Vec<String> = products
                .map(|sku| format!("`{}` ({})", sku.product, ObjectId::from_bits(sku.id)))
                .collect();
            Err(Fault::new(
                format!("`{text}` names {} licenses", several.len()),
                name.bytes.clone(),
            )
            .help(format!("write the id of {}", products.join(" or "))))
        }
    }
}

/// Whether an id is that of a deleted account.
fn is_deleted(tenant: &Tenant, id: &str) -> bool {
    let user = ObjectId::parse(id).and_then(|id| tenant.user(id));
    user.is_some_and(|user| tenant.is_deleted(user))
}

/// A name as it is compared: without case, `Tag:` and the spelling of ids.
fn folded(name: &str) -> String {
    match parse_guid(name) {
        Some(id) => ObjectId::from_bits(id).to_string(),
        None => crate::snapshot::cell::without_tag(name.trim()).to_lowercase(),
    }
}

#[derive(Default)]
struct Collector(BTreeMap<(&'static str, String), Vec<String>>);

impl Visitor<1> for Collector {
    fn wants(&self, of: ListOf) -> bool {
        // Numbers are looked up in the tenant.
        of.is_named && of.kind != "number"
    }

    fn list<R: Record + Sync>(&mut self, of: ListOf, [objects]: [Vec<Listed<'_, R>>; 1]) {
        for object in objects {
            for key in [folded(&object.name), folded(&object.id)] {
                let ids = self.0.entry((of.kind, key)).or_default();
                if !ids.contains(&object.id) {
                    ids.push(object.id.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const ANA: &str = "2713551e-ed63-415d-9175-fc4ff825a0be";

    fn exports() -> Vec<(&'static str, &'static str)> {
        vec![
            (
                "Get-CsOnlineUser.json",
                r#"[{"Identity":"2713551e-ed63-415d-9175-fc4ff825a0be","UserPrincipalName":"ana@contoso.example","AccountType":"User","LineUri":null}]"#,
            ),
            (
                "Get-CsOnlineApplicationInstance.json",
                r#"[{"ObjectId":"8a1fdbd2-3c7e-4b51-a5f4-6f1f0ce0f3c1","UserPrincipalName":"aa@contoso.example","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07"}]"#,
            ),
            (
                "Get-CsPhoneNumberAssignment.json",
                r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnAssignmentStatus":"Unassigned"}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoutingPolicy.json",
                r#"[{"Identity":"Tag:FR-Paris","OnlinePstnUsages":["FR-National"]}]"#,
            ),
            (
                "Get-CsOnlinePstnUsage.json",
                r#"[{"Identity":"Global","Usage":["FR-National"]}]"#,
            ),
            (
                "operators.json",
                r#"[{"name":"Northwind Telecom","status":"Active"}]"#,
            ),
        ]
    }

    fn name(text: &str) -> Name {
        Name {
            text: text.to_owned(),
            bytes: 3..9,
        }
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        let tenant = tenant(&exports());
        let mut names = Names::of(&tenant);
        let object = |kind, id: &str| Thing::Object {
            kind,
            id: id.to_owned(),
        };
        for (of, text, policy_type, thing) in [
            (
                Of::Account,
                "ANA@contoso.example",
                None,
                object("user", ANA),
            ),
            (
                Of::Account,
                "{2713551E-ED63-415D-9175-FC4FF825A0BE}",
                None,
                object("user", ANA),
            ),
            (
                Of::Account,
                "aa@contoso.example",
                None,
                object("resource-account", "8a1fdbd2-3c7e-4b51-a5f4-6f1f0ce0f3c1"),
            ),
            (
                Of::Operator,
                "northwind telecom",
                None,
                object("operator", "northwind telecom"),
            ),
            (
                Of::Policy,
                "fr-paris",
                Some("OnlineVoiceRoutingPolicy"),
                object("voice-routing-policy", "fr-paris"),
            ),
            (
                Of::Policy,
                "Global",
                Some("TeamsCallingPolicy"),
                object("calling-policy", "global"),
            ),
            (
                Of::Usage,
                "fr-national",
                None,
                Thing::Usage("FR-National".to_owned()),
            ),
            (Of::Country, "us", None, Thing::Country("US".to_owned())),
        ] {
            let found = names.resolve(&tenant, of, &name(text), policy_type);
            assert_eq!(found, Ok(thing), "{text}");
        }
        let mut found = |of, text| names.resolve(&tenant, of, &name(text), None);
        assert!(matches!(
            found(Of::Number, "tel:+12065550101"),
            Ok(Thing::Number(_))
        ));
        assert!(matches!(
            found(Of::Number, "+12065550102"),
            Ok(Thing::NewNumber(_))
        ));
        let by_part = found(Of::License, "phonesystem_virtualuser");
        assert!(matches!(by_part, Ok(Thing::License(_))), "{by_part:?}");
        let by_product = found(Of::License, "Microsoft Teams Phone Resource Account");
        assert_eq!(by_part, by_product);
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let tenant = tenant(&exports());
        let mut names = Names::of(&tenant);
        for (of, text, message, help) in [
            (
                Of::Account,
                "anna@contoso.example",
                "the snapshot has no user or resource account `anna@contoso.example`",
                "did you mean `ana@contoso.example`?",
            ),
            (
                Of::Operator,
                "Nortwind Telecom",
                "the snapshot has no operator `Nortwind Telecom`",
                "did you mean `northwind telecom`?",
            ),
            (
                Of::Usage,
                "FR-Nationl",
                "the tenant has no PSTN usage `FR-Nationl`",
                "did you mean `FR-National`?",
            ),
            (
                Of::License,
                "PHONESYSTEM_VIRTUALUSR",
                "`PHONESYSTEM_VIRTUALUSR` is no license",
                "did you mean `PHONESYSTEM_VIRTUALUSER`?",
            ),
            (
                Of::Country,
                "USA",
                "`USA` is no country",
                "write two letters of ISO 3166-1, such as `US`",
            ),
            (
                Of::Number,
                "1.42E+10",
                "`1.42E+10` is no telephone number",
                "write it in E.164, such as `+12065550101`",
            ),
        ] {
            let fault = names
                .resolve(&tenant, of, &name(text), None)
                .expect_err(text);
            assert_eq!(
                (fault.message.as_str(), fault.help.as_deref(), fault.bytes),
                (message, Some(help), 3..9)
            );
        }
    }

    #[test]
    fn of_what_is_not_exported_nobody_can_tell() {
        let tenant = tenant(&exports());
        let mut names = Names::of(&tenant);
        for (of, policy_type) in [
            (Of::Location, None),
            (Of::App, None),
            (Of::Gateway, None),
            (Of::Policy, Some("TeamsCallingPolicy")),
            (Of::Policy, None),
        ] {
            let found = names.resolve(&tenant, of, &name("x"), policy_type);
            assert_eq!(found, Ok(Thing::Unknown("x".to_owned())), "{of:?}");
        }
    }

    #[test]
    fn a_name_of_a_live_account_and_a_deleted_one_is_that_of_the_live_one() {
        const GONE: &str = "2713551e-ed63-415d-9175-fc4ff825a050";
        let user = |id: &str, more: &str| {
            format!(
                r#"{{"Identity":"{id}","UserPrincipalName":"ana@contoso.example","AccountType":"User","LineUri":null{more}}}"#
            )
        };
        let deleted = r#","SoftDeletionTimestamp":"2026-01-02T03:04:05Z""#;
        let found = |first: &str, second: &str, text: &str| {
            let users = format!("[{},{}]", user(GONE, first), user(ANA, second));
            let tenant = tenant(&[("Get-CsOnlineUser.json", users.as_str())]);
            let found = Names::of(&tenant).resolve(&tenant, Of::Account, &name(text), None);
            found.map_err(|fault| fault.message)
        };
        let is = |id: &str| {
            Ok(Thing::Object {
                kind: "user",
                id: id.to_owned(),
            })
        };
        let upn = "ana@contoso.example";
        assert_eq!(found(deleted, "", upn), is(ANA));
        assert_eq!(found(deleted, "", GONE), is(GONE));
        for both in ["", deleted] {
            let several = "more than one user or resource account is called `ana@contoso.example`";
            assert_eq!(found(both, both, upn), Err(several.to_owned()));
        }
    }
}
