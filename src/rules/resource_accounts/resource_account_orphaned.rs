//! `rules/resource-accounts/resource-account-orphaned.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Remedy, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{AccountRole, AccountUse, Answer, AppKind, Application, ResourceAccount, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-orphaned",
    Check::ResourceAccount(check),
    Some(OptionsSpec::of::<Options>(&["caller-id-needs-app"]))
);

/// How many places that name the account are pointed at.
const SHOWN: usize = 3;

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Whether somebody must answer those who call back a number that was shown to them.
    caller_id_needs_app: bool,
}

/// What is lost for want of an app.
enum Loss {
    Number(Place, String),
    /// Calls that do not arrive, in words.
    Named(String),
    License,
}

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.application_of(account) {
        Field::Value(Application::ThirdParty(_)) => return Verdict::NotApplicable,
        Field::Value(Application::Teams(_)) | Field::Null => {}
        Field::Absent => return Verdict::Unknown("no export tells what the account was made for"),
    }
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the account is not in `Get-CsOnlineUser`: it may be deleted");
    };
    let third_party = || {
        let held = tenant.numbers_held_by(account.id);
        held.iter()
            .any(|number| tenant.has_status(number, "ThirdPartyAppAssigned"))
    };
    if tenant.is_deleted(user) || third_party() {
        return Verdict::NotApplicable;
    }
    match tenant.serves_app(account) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => return Verdict::Unknown("no export tells all accounts of all apps"),
        Answer::No => {}
    }
    match loss(account, user, cx) {
        Ok(loss) => Verdict::Found(Box::new(draft(account, user, &loss, cx))),
        Err(verdict) => verdict,
    }
}

fn loss(account: &ResourceAccount, user: &User, cx: &Cx) -> Result<Loss, Verdict> {
    let tenant = cx.tenant;
    let named_by = tenant.uses_of(account.id);
    let caller_id_counts = cx.options::<Options>().caller_id_needs_app;
    let lost = named_by
        .iter()
        .find_map(|one| lost_calls(one, caller_id_counts));
    // With a number that is there for calls that go out, it is the calls back that are lost.
    let calls_out = named_by
        .iter()
        .any(|one| matches!(one.role, AccountRole::SharedCalling | AccountRole::CallerId));
    if tenant.has_number(account) == Answer::Unknown {
        return Err(Verdict::Unknown(
            "no export tells the numbers of the account",
        ));
    }
    if !calls_out && let Some((place, number)) = tenant.service_number(account) {
        return Ok(Loss::Number(place, number));
    }
    if let Some(calls) = lost {
        return Ok(Loss::Named(calls));
    }
    if calls_out {
        return Err(Verdict::Passed);
    }
    if named_by
        .iter()
        .any(|one| one.role == AccountRole::DialByName)
    {
        return Err(Verdict::Unknown(
            "it is not documented whether dialing by name needs an app behind the account",
        ));
    }
    match (tenant.virtual_user(user), tenant.phone_system(user)) {
        (Answer::Yes, _) | (_, Answer::Yes) => Ok(Loss::License),
        (Answer::No, Answer::No) if !tenant.tells_all_uses() => Err(Verdict::Unknown(
            "what menus and queues lead to was lost from the exports",
        )),
        (Answer::No, Answer::No) => Err(Verdict::Passed),
        _ => Err(Verdict::Unknown(
            "no export tells the licenses of the account",
        )),
    }
}

fn draft(account: &ResourceAccount, user: &User, loss: &Loss, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let mut related: Vec<Label> = Vec::new();
    let (severity, message) = match loss {
        Loss::Number(place, number) => {
            related.push(Label::new(
                place.clone(),
                "calls to this number reach nothing",
            ));
            let message = format!(
                "`{name}` holds `{number}`, but serves no auto attendant and no call queue: calls to it reach nothing"
            );
            (Severity::Error, message)
        }
        Loss::Named(calls) => {
            let message = format!(
                "`{name}` serves no auto attendant and no call queue: {calls} reach nothing"
            );
            (Severity::Warning, message)
        }
        Loss::License => {
            let property = if user.plans.is_absent() {
                "FeatureTypes"
            } else {
                "AssignedPlan"
            };
            related.push(Label::new(
                user.at(property),
                "a license that nothing needs",
            ));
            let message =
                format!("`{name}` is licensed, but serves no auto attendant and no call queue");
            (Severity::Info, message)
        }
    };
    let named_by = tenant.uses_of(account.id).iter().take(SHOWN);
    related
        .extend(named_by.map(|one| Label::new(one.place.clone(), format!("{} names it", one.by))));
    let place = match &account.record {
        Some(record) => record.at("UserPrincipalName"),
        None => user.at("UserPrincipalName"),
    };
    Draft {
        severity,
        subject: Subject::new(SubjectKind::ResourceAccount, account.id.to_string(), &name),
        discriminator: String::new(),
        message,
        primary: Label::new(place, "no app lists this resource account"),
        related,
        remedy: remedy(account, loss, cx),
    }
}

/// The calls that do not arrive for want of an app, where what names the account sends or brings any.
fn lost_calls(one: &AccountUse, caller_id_counts: bool) -> Option<String> {
    let by = &one.by;
    match one.role {
        AccountRole::Target | AccountRole::UnassignedNumbers | AccountRole::BlockedNumbers => {
            Some(format!("calls that {by} sends to it"))
        }
        AccountRole::SharedCalling => Some(format!("calls back to the number of {by}")),
        AccountRole::CallerId => {
            caller_id_counts.then(|| format!("calls back to the number that {by} shows"))
        }
        AccountRole::LeftBehind | AccountRole::DialByName => None,
    }
}

fn remedy(account: &ResourceAccount, loss: &Loss, cx: &Cx) -> Remedy {
    let kind = match cx.tenant.application_of(account) {
        Field::Value(Application::Teams(kind)) => kind,
        _ => AppKind::AutoAttendant,
    };
    let kind_name = kind.configuration_type();
    let take_off = match loss {
        Loss::Number(..) => format!(
            "Remove-CsPhoneNumberAssignment -Identity {} -RemoveAll, then ",
            quoted(&cx.tenant.resource_account_identity(account))
        ),
        Loss::Named(_) => "point what names it elsewhere, then ".to_owned(),
        Loss::License => String::new(),
    };
    Remedy {
        summary: format!(
            "associate the account with its {}, or delete it",
            kind.words()
        )
        .into(),
        commands: vec![
            format!("Get-Cs{kind_name} | Select-Object Name, Identity"),
            format!(
                "# with the Identity of the one that it is for: New-CsOnlineApplicationInstanceAssociation -Identities @('{}') -ConfigurationId '<Identity>' -ConfigurationType {kind_name}",
                account.id
            ),
            format!(
                "# or, if nobody needs it: {take_off}Remove-MgUser -UserId '{}'",
                account.id
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts_with;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";
    const APP: &str = "00000000-0000-4000-8000-00000000000a";
    const OTHER: &str = "00000000-0000-4000-8000-00000000000b";

    /// The exports of a tenant with one account, which nothing lists.
    struct Exports(Vec<(&'static str, Value)>);

    impl Exports {
        /// With a license, without a number.
        fn idle() -> Self {
            Self(vec![
                (
                    "Get-CsOnlineApplicationInstance.json",
                    json!([{
                        "ObjectId": ONE, "UserPrincipalName": "o'hara@contoso.example", "PhoneNumber": null,
                        "ApplicationId": "11cd3e2e-fccb-42ad-ad00-878b93575e07",
                    }]),
                ),
                (
                    "Get-CsOnlineUser.json",
                    json!([{
                        "Identity": ONE, "UserPrincipalName": "o'hara@contoso.example", "LineUri": null,
                        "AccountType": "ResourceAccount", "SoftDeletionTimestamp": null,
                        "AssignedPlan": [{"Capability": "MCOEV_VIRTUALUSER", "CapabilityStatus": "Enabled"}],
                    }]),
                ),
                ("Get-CsAutoAttendant.json", json!([])),
                (
                    "Get-CsCallQueue.json",
                    json!([{"Identity": APP, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": [], "OverflowActionTarget": null, "TimeoutActionTarget": null}]),
                ),
            ])
        }

        /// With a number of that status.
        fn numbered(status: &str) -> Self {
            Self::idle().with(
                "Get-CsPhoneNumberAssignment.json",
                json!([{
                    "TelephoneNumber": "+14255550110", "NumberType": "OperatorConnect",
                    "AssignedPstnTargetId": ONE, "PstnAssignmentStatus": status,
                }]),
            )
        }

        /// Puts an export in, in place of the one of that name.
        fn with(mut self, name: &'static str, text: Value) -> Self {
            self.0.retain(|(known, _)| *known != name);
            self.0.push((name, text));
            self
        }

        /// Sets a property of the first record of an export.
        fn set(mut self, name: &str, property: &str, value: Value) -> Self {
            let export = self.0.iter_mut().find(|(known, _)| *known == name);
            let record = &mut export.expect("the export").1[0];
            record[property] = value;
            self
        }

        fn without(mut self, name: &str, property: &str) -> Self {
            for (known, records) in &mut self.0 {
                if *known == name {
                    let record = records[0].as_object_mut().expect("a record");
                    record.remove(property).expect("the property");
                }
            }
            self
        }

        fn judge(&self, options: &Value) -> Vec<Verdict> {
            let texts: Vec<(&str, String)> = self
                .0
                .iter()
                .map(|(name, text)| (*name, text.to_string()))
                .collect();
            let files: Vec<(&str, &str)> = texts
                .iter()
                .map(|(name, text)| (*name, text.as_str()))
                .collect();
            verdicts_with("RA007", options, &files)
        }

        fn word(&self) -> &'static str {
            word(&self.judge(&json!({})))
        }

        fn found(&self) -> Draft {
            match self.judge(&json!({})).remove(0) {
                Verdict::Found(draft) => *draft,
                other => panic!("{other:?}"),
            }
        }
    }

    fn word(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [] => "silent",
            [Verdict::Passed] => "passed",
            [Verdict::Unknown(_)] => "unknown",
            [Verdict::Found(draft)] => draft.severity.name(),
            _ => "several",
        }
    }

    const ACCOUNTS: &str = "Get-CsOnlineApplicationInstance.json";
    const ATTENDANTS: &str = "Get-CsAutoAttendant.json";
    const QUEUES: &str = "Get-CsCallQueue.json";
    const USERS: &str = "Get-CsOnlineUser.json";

    fn endpoint() -> Value {
        json!({"Id": ONE, "Type": "ApplicationEndpoint"})
    }

    #[test]
    fn a_number_that_reaches_nothing_is_an_error_whoever_tells_of_it() {
        assert_eq!(
            Exports::numbered("VoiceApplicationAssigned").word(),
            "error"
        );
        let number = json!("tel:+14255550110");
        let own = Exports::idle().set(ACCOUNTS, "PhoneNumber", number.clone());
        assert_eq!(own.word(), "error");
        let line = Exports::idle().set(USERS, "LineUri", number);
        assert_eq!(line.word(), "error");
        let draft = Exports::numbered("VoiceApplicationAssigned").found();
        assert!(
            draft.message.contains("holds `+14255550110`"),
            "{}",
            draft.message
        );
    }

    #[test]
    fn an_app_that_lists_it_or_an_association_is_enough() {
        let listed = json!([ONE.to_uppercase()]);
        let queue = Exports::numbered("VoiceApplicationAssigned");
        assert_eq!(
            queue.set(QUEUES, "ApplicationInstances", listed).word(),
            "passed"
        );
        let associated = Exports::numbered("VoiceApplicationAssigned").with(
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!([{"Id": ONE, "ConfigurationType": "CallQueue", "ConfigurationId": APP}]),
        );
        assert_eq!(associated.word(), "passed");
        let other = Exports::numbered("VoiceApplicationAssigned").with(
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!([{"Id": TWO, "ConfigurationType": "CallQueue", "ConfigurationId": APP}]),
        );
        assert_eq!(other.word(), "error");
        let damaged = Exports::numbered("VoiceApplicationAssigned").with(
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!([{"Id": ONE, "ConfigurationType": "CallQueue", "ConfigurationId": "System.Guid"}]),
        );
        assert_eq!(damaged.word(), "unknown");
    }

    #[test]
    fn apps_that_were_not_all_exported_prove_nothing() {
        let mut half = Exports::numbered("VoiceApplicationAssigned");
        half.0.retain(|(name, _)| *name != ATTENDANTS);
        assert_eq!(half.word(), "unknown");
        let bare = Exports::numbered("VoiceApplicationAssigned");
        assert_eq!(
            bare.without(QUEUES, "ApplicationInstances").word(),
            "unknown"
        );
        let cut = Exports::numbered("VoiceApplicationAssigned");
        let cut = cut.set(QUEUES, "ApplicationInstances", json!("System.Object[]"));
        assert_eq!(cut.word(), "unknown");
        let queue = |index: u32| json!({"Identity": format!("{APP:.34}{index:02x}"), "Name": "Q", "RoutingMethod": "Serial", "ApplicationInstances": []});
        let many = |count: u32| {
            let queues: Vec<Value> = (0..count).map(queue).collect();
            let exports = Exports::numbered("VoiceApplicationAssigned");
            exports.with(QUEUES, json!(queues)).word()
        };
        assert_eq!(
            (many(99), many(100), many(101)),
            ("error", "unknown", "error")
        );
    }

    #[test]
    fn being_a_target_without_an_app_is_a_warning() {
        let menu = json!({"Menu": {"MenuOptions": [
            {"Action": "DisconnectCall", "CallTarget": null},
            {"Action": "TransferCallToTarget", "CallTarget": endpoint()},
        ]}});
        let attendant = |property: &str, value: &Value| {
            let record = json!({"Identity": OTHER, "Name": "Main", "ApplicationInstances": [TWO], property: value});
            Exports::idle().with(ATTENDANTS, json!([record]))
        };
        assert_eq!(attendant("Operator", &endpoint()).word(), "warning");
        assert_eq!(attendant("DefaultCallFlow", &menu).word(), "warning");
        assert_eq!(
            attendant("CallFlows", &json!([{"Menu": null}, menu])).word(),
            "warning"
        );
        for property in [
            "OverflowActionTarget",
            "TimeoutActionTarget",
            "NoAgentActionTarget",
        ] {
            let queue = Exports::idle().set(QUEUES, property, endpoint());
            assert_eq!(queue.word(), "warning", "{property}");
        }
        let message = attendant("DefaultCallFlow", &menu).found().message;
        assert_eq!(
            message,
            "`o'hara@contoso.example` serves no auto attendant and no call queue: calls that auto attendant `Main` sends to it reach nothing"
        );
        // The same id as another type of target is somebody else.
        let person = json!({"Id": ONE, "Type": "User"});
        assert_eq!(attendant("Operator", &person).word(), "info");
    }

    #[test]
    fn unassigned_numbers_want_an_app() {
        let treatment = |target_type: &str| {
            let record = json!({"Identity": "T", "TreatmentId": "T", "Pattern": "^\\+1", "TargetType": target_type, "Target": ONE, "TreatmentPriority": 1});
            Exports::idle()
                .with("Get-CsTeamsUnassignedNumberTreatment.json", json!([record]))
                .word()
        };
        assert_eq!(treatment("ResourceAccount"), "warning");
        assert_eq!(treatment("Announcement"), "info");
    }

    #[test]
    fn blocked_calls_want_an_app_and_of_dialing_by_name_nobody_knows() {
        let pattern = json!([{"Identity": "Spam", "Name": "Spam", "Pattern": "^\\+1900", "Enabled": true, "ResourceAccount": ONE}]);
        let blocked = Exports::idle().with("Get-CsInboundBlockedNumberPattern.json", pattern);
        assert_eq!(blocked.word(), "warning");
        let message = blocked.found().message;
        assert!(
            message.contains("calls that blocked number pattern `Spam` sends to it"),
            "{message}"
        );
        let record = json!({"Identity": OTHER, "Name": "Main", "ApplicationInstances": [TWO], "DefaultCallFlow": {"Menu": null}, "DialByNameResourceId": ONE});
        let by_name = |exports: Exports| exports.with(ATTENDANTS, json!([record])).word();
        assert_eq!(by_name(Exports::idle()), "unknown");
        assert_eq!(
            by_name(Exports::numbered("VoiceApplicationAssigned")),
            "error"
        );
    }

    fn shared(exports: Exports) -> Exports {
        let policy =
            json!([{"Identity": "Tag:US", "ResourceAccount": ONE, "EmergencyNumbers": []}]);
        exports.with("Get-CsTeamsSharedCallingRoutingPolicy.json", policy)
    }

    #[test]
    fn shared_calling_works_outbound_and_loses_only_calls_back() {
        let number = shared(Exports::numbered("VoiceApplicationAssigned"));
        assert_eq!(number.word(), "warning");
        assert!(
            number
                .found()
                .message
                .contains("calls back to the number of shared calling policy `US`")
        );
        assert_eq!(shared(Exports::idle()).word(), "warning");
    }

    fn caller_id(exports: Exports, substitute: &str) -> Exports {
        let policy = json!([{"Identity": "Tag:Main", "CallingIDSubstitute": substitute, "ResourceAccount": ONE}]);
        exports.with("Get-CsCallingLineIdentity.json", policy)
    }

    #[test]
    fn caller_id_accounts_need_a_number_and_no_app() {
        let numbered = || Exports::numbered("VoiceApplicationAssigned");
        let queue = numbered().set(QUEUES, "OboResourceAccountIds", json!([TWO, ONE]));
        let policy = caller_id(numbered(), "Resource");
        let idle = caller_id(Exports::idle(), "Resource");
        let wanted = json!({"caller-id-needs-app": true});
        for exports in [queue, policy, idle] {
            assert_eq!(exports.word(), "passed");
            assert_eq!(word(&exports.judge(&wanted)), "warning");
        }
        assert_eq!(caller_id(numbered(), "LineUri").word(), "error");
        // Whoever sends calls to it as well, loses them.
        let both = caller_id(numbered(), "Resource").set(QUEUES, "TimeoutActionTarget", endpoint());
        assert_eq!(both.word(), "warning");
    }

    #[test]
    fn third_party_apps_are_silent() {
        let other = json!("5c1f4b52-5d3e-4c0a-9f06-2d8a3c1e7b90");
        let bot =
            Exports::numbered("VoiceApplicationAssigned").set(ACCOUNTS, "ApplicationId", other);
        assert_eq!(bot.word(), "silent");
        assert_eq!(Exports::numbered("ThirdPartyAppAssigned").word(), "silent");
        // A blank application id is nobody's.
        let blank = Exports::numbered("VoiceApplicationAssigned");
        assert_eq!(
            blank.set(ACCOUNTS, "ApplicationId", Value::Null).word(),
            "error"
        );
        let unknown = Exports::numbered("VoiceApplicationAssigned");
        assert_eq!(unknown.without(ACCOUNTS, "ApplicationId").word(), "unknown");
    }

    #[test]
    fn deleted_accounts_are_silent_and_unlisted_ones_unknown() {
        let date = json!("2026-09-01T00:00:00Z");
        let deleted = Exports::numbered("VoiceApplicationAssigned");
        assert_eq!(
            deleted.set(USERS, "SoftDeletionTimestamp", date).word(),
            "silent"
        );
        let gone = Exports::numbered("VoiceApplicationAssigned").with(USERS, json!([]));
        assert_eq!(gone.word(), "unknown");
    }

    #[test]
    fn an_idle_account_is_told_of_only_for_its_license() {
        assert_eq!(Exports::idle().word(), "info");
        let full = json!([{"Capability": "MCOEV", "CapabilityStatus": "Enabled"}]);
        assert_eq!(
            Exports::idle().set(USERS, "AssignedPlan", full).word(),
            "info"
        );
        let none = json!([{"Capability": "Teams", "CapabilityStatus": "Enabled"}]);
        assert_eq!(
            Exports::idle().set(USERS, "AssignedPlan", none).word(),
            "passed"
        );
        assert_eq!(
            Exports::idle().without(USERS, "AssignedPlan").word(),
            "unknown"
        );
        let blind = Exports::idle()
            .without(ACCOUNTS, "PhoneNumber")
            .without(USERS, "LineUri");
        assert_eq!(blind.word(), "unknown");
    }

    #[test]
    fn nothing_is_deleted_by_pasting_and_names_stay_in_their_quotes() {
        let draft = Exports::numbered("VoiceApplicationAssigned").found();
        let remedy = draft.remedy;
        assert_eq!(
            remedy.commands[0],
            "Get-CsCallQueue | Select-Object Name, Identity"
        );
        for line in &remedy.commands[1..] {
            assert!(line.starts_with("# "), "{line}");
        }
        assert!(remedy.commands[2].contains("-Identity 'o''hara@contoso.example' -RemoveAll"));
        assert!(remedy.commands[1].contains("-ConfigurationType CallQueue"));
    }

    #[test]
    fn without_a_license_it_is_open_where_targets_were_lost() {
        let bare = || {
            Exports::idle().set(
                USERS,
                "AssignedPlan",
                json!([{"Capability": "Teams", "CapabilityStatus": "Enabled"}]),
            )
        };
        assert_eq!(bare().word(), "passed");
        let lost = json!([
            {"Identity": APP, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": [], "OverflowActionTarget": null, "TimeoutActionTarget": null},
            {"Identity": OTHER, "Name": "Help", "RoutingMethod": "Serial", "ApplicationInstances": []},
        ]);
        assert_eq!(bare().with(QUEUES, lost).word(), "unknown");
    }
}
