//! `rules/numbers/free-numbers-low.md`

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::option_types::Percent;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::snapshot::Symbol;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Country, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "free-numbers-low",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&[
        "min-free",
        "used-percent",
        "smallest-pool"
    ]))
);

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// With fewer free numbers a pool is low.
    min_free: usize,
    /// From this share of assigned numbers on it is low.
    used_percent: Percent,
    /// Pools with fewer numbers are not judged.
    smallest_pool: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            min_free: 5,
            used_percent: Percent(95),
            smallest_pool: 10,
        }
    }
}

#[derive(Default)]
struct Pool<'t> {
    first: Option<&'t Number>,
    country: Option<Country>,
    all: usize,
    free: usize,
    open: bool,
}

impl Pool<'_> {
    /// Adds what was counted under another spelling.
    fn join(&mut self, other: &Self) {
        self.first = self.first.or(other.first);
        self.country = self.country.or(other.country);
        self.all += other.all;
        self.free += other.free;
        self.open |= other.open;
    }
}

/// Type, country, city, and whether the numbers are for services, as records spell them.
type Spelled = (Option<Symbol>, Option<Country>, Option<Symbol>, bool);

/// The types of numbers that are ordered, so that they can run out.
const POOLED: [&str; 2] = ["CallingPlan", "OperatorConnect"];

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    // By what records say, first: a million numbers belong to a few pools.
    let mut spelled: HashMap<Spelled, Pool, foldhash::fast::FixedState> = HashMap::default();
    for number in &tenant.numbers {
        let record = &number.record;
        let is_listed = |name: &str| {
            POOLED
                .iter()
                .any(|pooled| pooled.eq_ignore_ascii_case(name))
        };
        if !tenant.number_type(number).is_some_and(is_listed) {
            continue;
        }
        let service = record.capabilities.get().is_some_and(|list| {
            let list = texts.list(list);
            let person = list
                .iter()
                .any(|one| texts.symbol(*one).eq_ignore_ascii_case("UserAssignment"));
            !list.is_empty() && !person
        });
        let country = tenant.country_of_number(number);
        let key = (
            record.number_type.get(),
            country,
            record.city.get(),
            service,
        );
        let pool = spelled.entry(key).or_default();
        pool.first.get_or_insert(number);
        pool.country = country;
        pool.all += 1;
        // Of numbers that do not tell where they belong, pools would be mixtures.
        pool.open |=
            record.city.is_absent() || record.capabilities.is_absent() || country.is_none();
        match tenant.is_assigned(number) {
            Answer::No => pool.free += 1,
            Answer::Yes => {}
            Answer::Unknown => pool.open = true,
        }
    }
    let mut pools: BTreeMap<String, Pool> = BTreeMap::new();
    let mut spelled: Vec<(Spelled, Pool)> = spelled.into_iter().collect();
    spelled.sort_unstable_by_key(|(_, pool)| pool.first.map(|number| number.key));
    for ((number_type, country, city, service), pool) in spelled {
        let text = |symbol: Option<Symbol>| {
            symbol
                .map(|one| texts.symbol(one).trim().to_lowercase())
                .unwrap_or_default()
        };
        let country = country.map(|one| one.to_string()).unwrap_or_default();
        let class = if service { "service" } else { "user" };
        let key = format!("{}/{country}/{}/{class}", text(number_type), text(city));
        pools.entry(key).or_default().join(&pool);
    }
    pools
        .into_iter()
        .map(|(key, pool)| judge(&key, &pool, cx))
        .collect()
}

fn judge(key: &str, pool: &Pool, cx: &Cx) -> Verdict {
    let options = cx.options::<Options>();
    let Some(first) = pool.first.filter(|_| pool.all >= options.smallest_pool) else {
        return Verdict::NotApplicable;
    };
    if pool.open {
        return Verdict::Unknown(
            "the export does not tell to which pool a number belongs, or whether it is assigned",
        );
    }
    let used = pool.all - pool.free;
    if pool.free >= options.min_free && used * 100 < options.used_percent.0 * pool.all {
        return Verdict::Passed;
    }
    let parts: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
    let name = parts.join(", ");
    let waiting = pool.free == 0
        && key.starts_with("callingplan")
        && key.ends_with("user")
        && pool
            .country
            .is_some_and(|country| anybody_waits(country, cx));
    let severity = if waiting {
        Severity::Warning
    } else {
        Severity::Info
    };
    let left = match pool.free {
        0 => "none of them is free".to_owned(),
        1 => "1 of them is free".to_owned(),
        free => format!("{free} of them are free"),
    };
    let tail = if waiting {
        ", and somebody with a Calling Plan waits for one"
    } else {
        ""
    };
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::NumberPool, key, &name),
            format!("`{name}`: of {} numbers, {left}{tail}", pool.all),
            Label::new(first.record.at("TelephoneNumber"), "one of them"),
        )
        .remedy(
            "order numbers before they are needed",
            ["# at the operator, or for a Calling Plan under Teams admin center > Voice > Phone numbers > Add".to_owned()],
        ),
    )
}

/// Whether a person of that country has a Calling Plan and no number.
fn anybody_waits(country: Country, cx: &Cx) -> bool {
    let tenant = cx.tenant;
    tenant.users.iter().any(|user| {
        let own = tenant.country(user.usage_location);
        own.is_some_and(|own| own.shares_plans_with(country))
            && tenant.is_live_person(user) == Answer::Yes
            && tenant.has_line(user) == Answer::No
            && tenant.licensed(user, PlanClass::CallingPlan) == Answer::Yes
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    use crate::rules::testing::verdicts_with;

    fn pool(assigned: usize, free: usize) -> String {
        let rows: Vec<String> = (0..assigned + free)
            .map(|index| {
                let status = if index < assigned { "UserAssigned" } else { "Unassigned" };
                format!(r#"{{"TelephoneNumber":"+4930231250{index:02}","NumberType":"CallingPlan","IsoCountryCode":"DE","City":"Berlin","PstnAssignmentStatus":"{status}","Capability":["UserAssignment"]}}"#)
            })
            .collect();
        format!("[{}]", rows.join(","))
    }

    fn judge(assigned: usize, free: usize) -> Vec<Verdict> {
        verdicts(
            "NU007",
            &[("Get-CsPhoneNumberAssignment.json", &pool(assigned, free))],
        )
    }

    #[test]
    fn few_free_numbers_are_found_and_small_pools_are_not_judged() {
        assert_eq!(severity(&judge(20, 4)), "info");
        assert!(matches!(judge(20, 5)[..], [Verdict::Passed]));
        assert!(judge(9, 0).is_empty());
        let numbers = pool(5, 0);
        let options = serde_json::json!({"smallest-pool": 5});
        assert_eq!(
            severity(&verdicts_with(
                "NU007",
                &options,
                &[("Get-CsPhoneNumberAssignment.json", &numbers)]
            )),
            "info"
        );
    }

    #[test]
    fn somebody_who_waits_makes_it_a_warning() {
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","AccountType":"User","UsageLocation":"DE","LineUri":null,"SoftDeletionTimestamp":null,"AssignedPlan":[{"Capability":"MCOPSTN1","CapabilityStatus":"Enabled"}],"FeatureTypes":["Teams"]}]"#;
        let numbers = pool(10, 0);
        let judge = |users: &str| {
            let files = [
                ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
                ("Get-CsOnlineUser.json", users),
            ];
            severity(&verdicts("NU007", &files))
        };
        assert_eq!(judge(users), "warning");
        // Nobody in France waits for a number of Berlin, and of somebody who is nowhere it is not known.
        for elsewhere in ["\"FR\"", "null"] {
            assert_eq!(judge(&users.replace("\"DE\"", elsewhere)), "info");
        }
    }

    #[test]
    fn free_numbers_are_not_counted_in_a_part_of_the_inventory() {
        let page = &crate::rules::find("NU007").expect("the rule").page;
        assert_eq!(
            page.concludes_from_absence,
            [crate::snapshot::ExportKind::PhoneNumberAssignment]
        );
    }

    /// A row of the inventory, and what is told of it besides.
    fn row(index: usize, assigned: bool, rest: &str) -> String {
        let status = if assigned {
            "UserAssigned"
        } else {
            "Unassigned"
        };
        format!(
            r#"{{"TelephoneNumber":"+4930231250{index:02}","NumberType":"CallingPlan","PstnAssignmentStatus":"{status}"{rest}}}"#
        )
    }

    fn judge_rows(rows: &[String]) -> Vec<Verdict> {
        let numbers = format!("[{}]", rows.join(","));
        verdicts("NU007", &[("Get-CsPhoneNumberAssignment.json", &numbers)])
    }

    const BERLIN: &str =
        r#","IsoCountryCode":"DE","City":"Berlin","Capability":["UserAssignment"]"#;

    const WITHOUT_CITY: &str =
        r#","IsoCountryCode":"DE","City":null,"Capability":["UserAssignment"]"#;

    fn ten_without_city() -> Vec<String> {
        (0..10)
            .map(|index| row(index, true, WITHOUT_CITY))
            .collect()
    }

    #[test]
    fn one_number_that_does_not_tell_its_pool_leaves_the_pool_open() {
        // The city is not told of the last of the numbers without one, whichever of its facts is lost.
        let with_one = |rest: &str| {
            let mut rows = ten_without_city();
            rows.push(row(10, true, rest));
            // Another pool, so that the export has every property.
            rows.push(row(11, true, BERLIN));
            judge_rows(&rows)
        };
        let told = with_one(WITHOUT_CITY);
        assert_eq!(severity(&told), "info");
        for rest in [
            r#","IsoCountryCode":"DE","Capability":["UserAssignment"]"#,
            r#","IsoCountryCode":"DE","City":null"#,
        ] {
            let verdicts = with_one(rest);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{rest}");
        }
    }

    #[test]
    fn two_spellings_of_a_city_are_one_pool_and_as_open_as_either() {
        let berlin = |index: usize, city: &str, status: &str| {
            format!(
                r#"{{"TelephoneNumber":"+4930231250{index:02}","NumberType":"CallingPlan","IsoCountryCode":"DE","City":"{city}","Capability":["UserAssignment"],"PstnAssignmentStatus":{status}}}"#
            )
        };
        let rows = |last: &str| -> Vec<String> {
            (0..10)
                .map(|index| match index {
                    0..5 => berlin(index, "Berlin", "\"UserAssigned\""),
                    9 => berlin(index, "BERLIN", last),
                    _ => berlin(index, "BERLIN", "\"UserAssigned\""),
                })
                .collect()
        };
        assert_eq!(severity(&judge_rows(&rows("\"UserAssigned\""))), "info");
        let open = judge_rows(&rows("null"));
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn numbers_for_services_are_a_pool_of_their_own() {
        let rows: Vec<String> = (0..20)
            .map(|index| {
                let capability = if index < 10 {
                    "UserAssignment"
                } else {
                    "VoiceApplicationAssignment"
                };
                row(
                    index,
                    index < 10,
                    &format!(
                        r#","IsoCountryCode":"DE","City":"Berlin","Capability":["{capability}"]"#
                    ),
                )
            })
            .collect();
        let verdicts = judge_rows(&rows);
        let names: Vec<&str> = verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Found(draft) => Some(draft.subject.name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["callingplan, DE, berlin, user"]);
        assert_eq!(verdicts.len(), 2, "the pool of services passes");
    }

    #[test]
    fn a_pool_without_a_city_has_a_name_without_a_gap() {
        match &judge_rows(&ten_without_city())[..] {
            [Verdict::Found(draft)] => assert_eq!(draft.subject.name, "callingplan, DE, user"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn from_the_share_of_assigned_numbers_on_a_pool_is_low() {
        let judge = |assigned: usize, free: usize| {
            let numbers = pool(assigned, free);
            let options = serde_json::json!({"used-percent": 90, "min-free": 2});
            verdicts_with(
                "NU007",
                &options,
                &[("Get-CsPhoneNumberAssignment.json", &numbers)],
            )
        };
        assert_eq!(severity(&judge(18, 2)), "info");
        assert!(matches!(judge(17, 3)[..], [Verdict::Passed]));
    }

    #[test]
    fn nobody_waits_who_has_a_number_or_no_plan_or_is_gone() {
        let judge = |user: &str| {
            let users = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","UsageLocation":"DE","FeatureTypes":["Teams"],{user}}}]"#
            );
            let numbers = pool(10, 0);
            let files = [
                ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
                ("Get-CsOnlineUser.json", users.as_str()),
            ];
            severity(&verdicts("NU007", &files))
        };
        let plan = |plan: &str| {
            format!(r#""AssignedPlan":[{{"Capability":"{plan}","CapabilityStatus":"Enabled"}}]"#)
        };
        let live = r#""AccountType":"User","SoftDeletionTimestamp":null"#;
        let gone = r#""AccountType":"User","SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        let none = r#""LineUri":null"#;
        let domestic = plan("MCOPSTN1");
        assert_eq!(judge(&format!("{live},{none},{domestic}")), "warning");
        assert_eq!(judge(&format!("{gone},{none},{domestic}")), "info");
        assert_eq!(judge(&format!("{live},{none},{}", plan("Teams"))), "info");
        let numbered = r#""LineUri":"tel:+12065550101""#;
        assert_eq!(judge(&format!("{live},{numbered},{domestic}")), "info");
    }
}
