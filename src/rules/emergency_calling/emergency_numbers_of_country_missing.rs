//! `rules/emergency-calling/emergency-numbers-of-country-missing.md`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::option_types::{AtLeastOne, CountryCode, DialString};
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::tenant::{Answer, CALLER_UNKNOWN, Country, EmergencyRouting, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-numbers-of-country-missing",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&["numbers"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Emergency numbers by country, in place of those of the table.
    numbers: BTreeMap<CountryCode, AtLeastOne<DialString>>,
}

/// What a country dials.
struct Numbers {
    national: Vec<&'static str>,
    test: Option<&'static str>,
}

/// The table of emergency numbers, by country.
static TABLE: LazyLock<BTreeMap<Country, Numbers>> = LazyLock::new(|| {
    let text = include_str!("../../../data/emergency-numbers.csv");
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            let country = Country::parse(cells.next()?)?;
            let national = cells.next()?.split(';').collect();
            let test = cells.next().filter(|cell| !cell.is_empty());
            Some((country, Numbers { national, test }))
        })
        .collect()
});

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let mut groups: BTreeMap<(String, Country), (EmergencyRouting, &User)> = BTreeMap::new();
    let mut open: BTreeSet<&'static str> = BTreeSet::new();
    let mut perhaps: BTreeSet<(String, Country)> = BTreeSet::new();
    for (user, is_caller, routing) in tenant.direct_routing_callers() {
        match (routing, tenant.country(user.usage_location)) {
            // A policy without any number is another rule's, wherever it is in force.
            (Ok((_, policy)), _) if tenant.has_emergency_numbers(policy) == Answer::No => {}
            (Ok((name, _)), Some(country)) if is_caller == Answer::Unknown => {
                perhaps.insert((name.to_lowercase(), country));
            }
            (Ok((name, policy)), Some(country)) => {
                groups
                    .entry((name.to_lowercase(), country))
                    .or_insert((policy, user));
            }
            (Ok(_), None) => {
                open.insert("it is not known in which country somebody on Direct Routing is");
            }
            (Err(reason), _) => {
                open.insert(reason);
            }
        }
    }
    // What others have there too is judged anyway.
    if perhaps.iter().any(|one| !groups.contains_key(one)) {
        open.insert(CALLER_UNKNOWN);
    }
    groups
        .into_iter()
        .map(|((_, country), (policy, user))| judge(policy, country, user, cx))
        .chain(open.into_iter().map(Verdict::Unknown))
        .collect()
}

fn judge(policy: EmergencyRouting, country: Country, user: &User, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let Some(numbers) = policy.numbers.value() else {
        if policy.numbers.is_null() {
            return Verdict::NotApplicable;
        }
        return Verdict::Unknown("the export does not tell the emergency numbers of a policy");
    };
    // A policy without any number is another rule's.
    if numbers.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut dialled: Vec<&str> = numbers
        .iter()
        .map(|number| texts.symbol(number.dial_string).trim())
        .collect();
    for mask in numbers.iter().filter_map(|number| number.mask) {
        dialled.extend(texts.symbol(mask).split(';').map(str::trim));
    }
    let code = country.to_string();
    let own = cx.options::<Options>().numbers.get(&CountryCode(country));
    let (wanted, test): (Vec<&str>, Option<&str>) = match (own, TABLE.get(&country)) {
        (Some(list), _) => (list.0.iter().map(|one| one.0.as_str()).collect(), None),
        (None, Some(table)) => (table.national.clone(), table.test),
        (None, None) => {
            return Verdict::Unknown("the emergency numbers of the country are not known");
        }
    };
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|number| !dialled.contains(number))
        .collect();
    let (severity, list) = if !missing.is_empty() {
        (Severity::Warning, missing)
    } else if let Some(test) = test.filter(|test| !dialled.contains(test)) {
        (Severity::Info, vec![test])
    } else {
        return Verdict::Passed;
    };
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let listed: Vec<String> = list.iter().map(|number| format!("`{number}`")).collect();
    let what = if severity == Severity::Info {
        "the test number "
    } else {
        ""
    };
    let account = cx.tenant.user_name(user);
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
            format!("the policy `{name}` is in force in `{code}`, but lacks {what}{}", listed.join(", ")),
            Label::new(policy.at("EmergencyNumbers"), format!("not all that is dialled in `{code}`")),
        )
        .role(code)
        .related([Label::new(user.at("UsageLocation"), format!("`{account}` depends on it"))])
        .remedy(
            "add the emergency numbers of the country",
            [
                "# $number = New-CsTeamsEmergencyNumber -EmergencyDialString <number> -OnlinePSTNUsage <usage>".to_owned(),
                format!("# Set-CsTeamsEmergencyCallRoutingPolicy -Identity {} -EmergencyNumbers @{{Add=$number}}", quoted(name)),
            ],
        ),
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

    use crate::rules::testing::verdicts_with;

    fn judge(country: &str, strings: &[&str], options: &serde_json::Value) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"UsageLocation":"{country}","TeamsEmergencyCallRoutingPolicy":"E"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let entries: Vec<String> = strings
            .iter()
            .map(|one| format!(r#"{{"EmergencyDialString":"{one}"}}"#))
            .collect();
        let policies = format!(
            r#"[{{"Identity":"Tag:E","EmergencyNumbers":[{}],"AllowEnhancedEmergencyServices":true}}]"#,
            entries.join(",")
        );
        verdicts_with(
            "EM010",
            options,
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
            ],
        )
    }

    #[test]
    fn the_numbers_of_the_country_must_be_there() {
        let none = serde_json::json!({});
        assert_eq!(severity(&judge("GB", &["911"], &none)), "warning");
        assert!(matches!(
            judge("GB", &["999", "112"], &none)[..],
            [Verdict::Passed]
        ));
        assert_eq!(severity(&judge("US", &["911"], &none)), "info");
        assert!(matches!(
            judge("US", &["911", "933"], &none)[..],
            [Verdict::Passed]
        ));
        assert!(judge("US", &[], &none).is_empty());
        assert!(matches!(
            judge("KE", &["999"], &none)[..],
            [Verdict::Unknown(_)]
        ));
        let own = serde_json::json!({"numbers": {"ke": ["999"]}});
        assert!(matches!(judge("KE", &["999"], &own)[..], [Verdict::Passed]));
        assert!(
            !verdicts("EM010", &[])
                .iter()
                .any(|one| matches!(one, Verdict::Found(_)))
        );
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("../../../data/emergency-numbers.csv")
            .lines()
            .count();
        assert_eq!(super::TABLE.len(), lines - 1);
    }

    #[test]
    fn only_people_on_direct_routing_need_the_numbers() {
        let none = serde_json::json!({});
        let users = |kind: &str| {
            format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{kind}","SoftDeletionTimestamp":null,"UsageLocation":"GB","TeamsEmergencyCallRoutingPolicy":"E"}}]"#
            )
        };
        let policies = r#"[{"Identity":"Tag:E","EmergencyNumbers":[{"EmergencyDialString":"911"}],"AllowEnhancedEmergencyServices":true}]"#;
        let judge = |kind: &str, number_type: &str| {
            let held = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users(kind)),
                ("Get-CsPhoneNumberAssignment.json", held),
                (
                    "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                    policies.to_owned(),
                ),
            ];
            let files: Vec<(&str, &str)> = files
                .iter()
                .map(|(name, text)| (*name, text.as_str()))
                .collect();
            verdicts_with("EM010", &none, &files)
        };
        assert_eq!(severity(&judge("User", "DirectRouting")), "warning");
        assert!(judge("User", "OperatorConnect").is_empty());
        assert!(judge("ResourceAccount", "DirectRouting").is_empty());
        let open = judge("User", "SomethingNew");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn whose_country_or_policy_is_not_known_is_no_pass() {
        let none = serde_json::json!({});
        for nowhere in ["United Kingdom", ""] {
            let verdicts = judge(nowhere, &["999", "112"], &none);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{nowhere}");
            assert!(judge(nowhere, &[], &none).is_empty(), "no number at all");
        }
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"UsageLocation":"GB","TeamsEmergencyCallRoutingPolicy":"Gone"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+442079460101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = r#"[{"Identity":"Global","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":true}]"#;
        let gone = verdicts(
            "EM010",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
            ],
        );
        assert!(matches!(gone[..], [Verdict::Unknown(_)]), "{gone:?}");
    }

    #[test]
    fn what_is_missing_is_named_and_a_test_number_is_called_one() {
        let none = serde_json::json!({});
        let message = |verdicts: Vec<Verdict>| match verdicts.into_iter().next() {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            message(judge("US", &["911"], &none)),
            "the policy `E` is in force in `US`, but lacks the test number `933`"
        );
        assert_eq!(
            message(judge("US", &["112"], &none)),
            "the policy `E` is in force in `US`, but lacks `911`"
        );
    }
}
