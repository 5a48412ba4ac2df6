//! `rules/hybrid/coexistence-mode-on-cloud-user.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::upgrade_grant::teams_only;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{AccountKind, Answer, Decided, User};

pub(super) const RULE: Declared = rule!(
    "hybrid",
    "coexistence-mode-on-cloud-user",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match tenant.account_kind(user) {
        AccountKind::User => {}
        AccountKind::Unknown => return Verdict::Unknown("the kind of the account is not known"),
        _ => return Verdict::NotApplicable,
    }
    if tenant.homed_on_server_by(user).is_some() {
        return Verdict::NotApplicable;
    }
    let coexistence = tenant.coexistence(user);
    let (mode, place) = match (coexistence.teams_only, coexistence.decided) {
        (Answer::Yes, _) => return Verdict::Passed,
        (Answer::No, Decided::Mode(mode)) => (mode, user.at("TeamsUpgradeEffectiveMode")),
        (Answer::No, Decided::Policy(policy)) => (policy, user.at("TeamsUpgradePolicy")),
        // What everybody inherits is not this account's fault.
        (_, Decided::Global(..)) if !user.upgrade_mode.is_absent() => {
            return Verdict::NotApplicable;
        }
        (Answer::Unknown, Decided::Mode(_) | Decided::Policy(_) | Decided::Global(..)) => {
            return Verdict::Unknown("the coexistence mode is none that is documented");
        }
        _ => return Verdict::Unknown("the export does not tell the coexistence mode"),
    };
    let name = tenant.user_name(user);
    found(
        Draft::new(
            Severity::Warning,
            tenant.user_subject(user),
            format!("`{name}` is homed online, but in the coexistence mode `{mode}`"),
            Label::new(place, "not Teams Only"),
        )
        .remedy("set the account to Teams Only", teams_only(user, cx)),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(properties: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":null,"SoftDeletionTimestamp":null{properties}}}]"#
        );
        verdicts("HY002", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn people_online_are_to_be_teams_only() {
        let person = |mode: &str| {
            judge(&format!(
                r#","AccountType":"User","TeamsUpgradeEffectiveMode":{mode}"#
            ))
        };
        assert_eq!(severity(&person("\"SfBOnly\"")), "warning");
        assert!(matches!(person("\"TeamsOnly\"")[..], [Verdict::Passed]));
        assert!(matches!(person("\"Teams Only\"")[..], [Verdict::Passed]));
        assert!(matches!(person("null")[..], [Verdict::Unknown(_)]));
        assert!(matches!(person("\"Sideways\"")[..], [Verdict::Unknown(_)]));
        assert!(
            judge(r#","AccountType":"SfBOnPremUser","TeamsUpgradeEffectiveMode":"SfBOnly""#)
                .is_empty()
        );
    }

    #[test]
    fn a_setting_that_the_service_keeps_is_told_before_the_command() {
        let commands = |read_only: &str| {
            let person = judge(&format!(
                r#","AccountType":"User","TeamsUpgradeEffectiveMode":"Islands","TeamsUpgradePolicyIsReadOnly":{read_only}"#
            ));
            match person.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands,
                other => panic!("{other:?}"),
            }
        };
        let kept = commands("\"ModeAndNotifications\"");
        assert!(
            kept[0].starts_with("# TeamsUpgradePolicyIsReadOnly is 'ModeAndNotifications': "),
            "{kept:?}"
        );
        assert!(kept[1].starts_with("Grant-CsTeamsUpgradePolicy "));
        for free in ["null", "\"None\"", "false"] {
            assert_eq!(commands(free).len(), 1, "{free}");
        }
    }

    #[test]
    fn whoever_a_server_homes_is_not_judged() {
        let person = |homed: &str| {
            judge(&format!(
                r#","AccountType":"User","TeamsUpgradeEffectiveMode":"Islands"{homed}"#
            ))
        };
        assert!(person(r#","HostingProvider":"SRV:""#).is_empty());
        assert!(person(r#","InterpretedUserType":"HybridOnpremSfBUser""#).is_empty());
        let online = r#","HostingProvider":"sipfed.online.lync.com""#;
        assert_eq!(severity(&person(online)), "warning");
    }

    #[test]
    fn a_policy_decides_where_no_mode_is_told_and_the_global_one_is_not_the_accounts_fault() {
        let person = |properties: &str| judge(&format!(r#","AccountType":"User"{properties}"#));
        let policy = r#","TeamsUpgradePolicy":"SfBWithTeamsCollab""#;
        assert_eq!(severity(&person(policy)), "warning");
        assert!(matches!(
            person(r#","TeamsUpgradePolicy":"UpgradeToTeams""#)[..],
            [Verdict::Passed]
        ));
        let with_global = |mode: &str, properties: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{properties}}}]"#
            );
            let policies = format!(r#"[{{"Identity":"Global","Mode":"{mode}"}}]"#);
            verdicts(
                "HY002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsTeamsUpgradePolicy.json", &policies),
                ],
            )
        };
        let untold = with_global("Islands", r#","TeamsUpgradePolicy":null"#);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
        let blank = r#","TeamsUpgradePolicy":null,"TeamsUpgradeEffectiveMode":null"#;
        assert!(with_global("Islands", blank).is_empty());
        assert!(matches!(
            with_global("Teams Only", blank)[..],
            [Verdict::Passed]
        ));
        assert!(with_global("Sideways", blank).is_empty());
        let strange = person(r#","TeamsUpgradeEffectiveMode":"Sideways""#);
        let [Verdict::Unknown(why)] = strange[..] else {
            panic!("{strange:?}");
        };
        assert!(why.contains("none that is documented"), "{why}");
        let nobody = judge(r#","TeamsUpgradeEffectiveMode":"SfBOnly""#);
        assert!(
            matches!(nobody[..], [Verdict::Unknown(_)]),
            "the kind is not told"
        );
    }
}
