//! `rules/emergency-calling/emergency-string-or-mask-duplicate.md`

use std::collections::{HashMap, HashSet};

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallRoutingPolicyRecord;
use crate::tenant::Merged;

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-string-or-mask-duplicate",
    Check::Each(check)
);

/// The most digits that a mask may have.
const LONGEST: usize = 10;

fn check(cx: &Cx) -> Verdicts {
    let policies = cx.tenant.emergency_call_routing_policies.iter();
    policies.map(|policy| judge(policy, cx)).collect()
}

fn judge(policy: &Merged<EmergencyCallRoutingPolicyRecord>, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let Some(numbers) = policy.numbers.value() else {
        return if policy.numbers.is_null() {
            Verdict::Passed
        } else {
            Verdict::Unknown("the export does not tell the emergency numbers of a policy")
        };
    };
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let entries: Vec<(&str, Vec<&str>)> = numbers
        .iter()
        .map(|number| {
            let masks = number.mask.map_or("", |mask| texts.symbol(mask));
            let masks = masks
                .split(';')
                .map(str::trim)
                .filter(|mask| !mask.is_empty());
            (texts.symbol(number.dial_string).trim(), masks.collect())
        })
        .collect();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut roles: HashSet<String> = HashSet::new();
    let mut note = |index: usize, role: String, what: String| {
        // What stands three times is one fault.
        if !roles.insert(role.clone()) {
            return;
        }
        drafts.push(
            Draft::new(
                Severity::Error,
                Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
                format!("in the policy `{name}`, {what}"),
                Label::new(policy.at("EmergencyNumbers").element(index), "this entry"),
            )
            .role(role)
            .remedy(
                "give every entry a string and masks of its own",
                ["# New-CsTeamsEmergencyNumber -EmergencyDialString <string> -EmergencyDialMask '112;999', then Set-CsTeamsEmergencyCallRoutingPolicy".to_owned()],
            ),
        );
    };
    // How many entries have each string.
    let mut strings: HashMap<&str, usize> = HashMap::new();
    for (dialled, _) in &entries {
        *strings.entry(dialled).or_default() += 1;
    }
    let mut strings_before: HashSet<&str> = HashSet::new();
    let mut masks_before: HashSet<&str> = HashSet::new();
    for (index, (dialled, masks)) in entries.iter().enumerate() {
        if !strings_before.insert(dialled) {
            note(
                index,
                format!("string {dialled}"),
                format!("the emergency number `{dialled}` stands twice"),
            );
        }
        for mask in masks {
            if !mask.bytes().all(|byte| byte.is_ascii_digit()) || mask.len() > LONGEST {
                note(
                    index,
                    format!("mask {mask} of {dialled}"),
                    format!(
                        "the mask `{mask}` of `{dialled}` is no number of at most {LONGEST} digits"
                    ),
                );
            } else if masks_before.contains(mask) {
                note(
                    index,
                    format!("mask {mask}"),
                    format!("the mask `{mask}` belongs to two emergency numbers"),
                );
            } else if strings.get(mask).copied().unwrap_or_default() > usize::from(mask == dialled)
            {
                note(
                    index,
                    format!("mask {mask} of {dialled}"),
                    format!("the mask `{mask}` of `{dialled}` is an emergency number itself"),
                );
            }
        }
        masks_before.extend(masks);
    }
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(entries: &[(&str, &str)]) -> Vec<Verdict> {
        let entries: Vec<String> = entries
            .iter()
            .map(|(string, mask)| {
                format!(r#"{{"EmergencyDialString":"{string}","EmergencyDialMask":"{mask}"}}"#)
            })
            .collect();
        let policies = format!(
            r#"[{{"Identity":"Tag:E","EmergencyNumbers":[{}],"AllowEnhancedEmergencyServices":true}}]"#,
            entries.join(",")
        );
        verdicts(
            "EM009",
            &[("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies)],
        )
    }

    #[test]
    fn strings_and_masks_are_told_apart() {
        for entries in [
            &[("112", ""), ("112", "")][..],
            &[("112", "110"), ("911", "110")],
            &[("112", "911"), ("911", "")],
            &[("112", "11a")],
            &[("112", "12345678901")],
        ] {
            assert!(
                matches!(judge(entries)[..], [Verdict::Several(_)]),
                "{entries:?}"
            );
        }
        for entries in [
            &[("112", "112;999"), ("911", "933")][..],
            &[],
            &[("112", "")],
        ] {
            assert!(
                matches!(judge(entries)[..], [Verdict::Passed]),
                "{entries:?}"
            );
        }
    }

    #[test]
    fn very_many_entries_are_compared_at_once() {
        const COUNT: usize = 40_000;
        let texts: Vec<(String, String)> = (0..COUNT)
            .map(|at| {
                (
                    (100_000 + at / 2).to_string(),
                    (500_000 + at / 2).to_string(),
                )
            })
            .collect();
        let entries: Vec<(&str, &str)> = texts
            .iter()
            .map(|(string, mask)| (string.as_str(), mask.as_str()))
            .collect();
        assert_eq!(roles(&entries).len(), COUNT);
    }

    #[test]
    fn a_mask_of_ten_digits_is_the_longest() {
        assert!(matches!(
            judge(&[("112", "1234567890")])[..],
            [Verdict::Passed]
        ));
    }

    /// What tells the findings of a policy apart.
    fn roles(entries: &[(&str, &str)]) -> Vec<String> {
        match judge(entries).remove(0) {
            Verdict::Several(drafts) => drafts
                .into_iter()
                .map(|draft| draft.discriminator)
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_finding_is_the_same_wherever_its_entry_stands() {
        for fault in [
            &[("911", "112"), ("933", "112")][..],
            &[("911", ""), ("911", "")],
            &[("911", "11a"), ("933", "")],
            &[("911", "933"), ("933", "")],
        ] {
            let behind = [&[("110", "")][..], fault].concat();
            assert_eq!(roles(fault), roles(&behind));
            let turned: Vec<_> = fault.iter().rev().copied().collect();
            assert_eq!(roles(fault), roles(&turned));
        }
    }

    #[test]
    fn no_two_findings_of_a_policy_are_one() {
        assert_eq!(
            roles(&[("112", ""), ("112", ""), ("112", "")]),
            ["string 112"]
        );
        assert_eq!(
            roles(&[("112", ""), ("112", ""), ("911", "110"), ("933", "110;112")]),
            ["string 112", "mask 110", "mask 112 of 933"]
        );
    }
}
