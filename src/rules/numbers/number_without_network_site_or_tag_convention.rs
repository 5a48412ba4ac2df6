//! `rules/numbers/number-without-network-site-or-tag-convention.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::{ExportKind, Field};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "number-without-network-site-or-tag-convention",
    Check::Number(check),
    Some(OptionsSpec::of::<Options>(&["tag-prefix", "site-demanded"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// What one of the tags of every assigned number begins with; nothing is demanded when it is empty.
    tag_prefix: String,
    /// Whether every assigned number needs a network site.
    site_demanded: bool,
}

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let options = cx.options::<Options>();
    let key = number.key.to_string();
    if let Field::Value(site) = number.record.site {
        let site = texts.symbol(site);
        let kind = ExportKind::TenantNetworkSite;
        if tenant.network.sites.find(site).is_none() {
            if !tenant.snapshot.has_export(kind) || tenant.snapshot.incomplete(kind).is_some() {
                return Verdict::Unknown("the network sites are not all exported");
            }
            return found(
                Draft::new(
                    Severity::Warning,
                    tenant.number_subject(number),
                    format!("`{key}` names the network site `{site}`, which does not exist"),
                    Label::new(number.record.at("NetworkSiteId"), "no such site"),
                )
                .remedy(
                    "name a site that exists",
                    [format!(
                        "# Set-CsPhoneNumberAssignment -PhoneNumber {} -NetworkSiteId <site>",
                        quoted(&key)
                    )],
                ),
            );
        }
    }
    let demanded = options.site_demanded || !options.tag_prefix.is_empty();
    if !demanded || tenant.is_assigned(number) == Answer::No {
        return Verdict::Passed;
    }
    if options.site_demanded && number.record.site.is_null() {
        return found(
            Draft::new(
                Severity::Info,
                tenant.number_subject(number),
                format!("`{key}` has no network site"),
                Label::new(number.record.at("NetworkSiteId"), "blank"),
            )
            .remedy(
                "name the site of the number",
                [format!(
                    "# Set-CsPhoneNumberAssignment -PhoneNumber {} -NetworkSiteId <site>",
                    quoted(&key)
                )],
            ),
        );
    }
    let tags = match number.record.tags {
        _ if options.tag_prefix.is_empty() => return Verdict::Passed,
        Field::Absent => return Verdict::Unknown("the export does not tell the tags"),
        Field::Null => "",
        Field::Value(tags) => texts.symbol(tags.0),
    };
    let prefix = options.tag_prefix.to_lowercase();
    if tags
        .split("; ")
        .any(|tag| tag.to_lowercase().starts_with(&prefix))
    {
        return Verdict::Passed;
    }
    found(
        Draft::new(
            Severity::Info,
            tenant.number_subject(number),
            format!(
                "`{key}` has no tag that begins with `{}`",
                options.tag_prefix
            ),
            Label::new(number.record.at("Tag"), "against the convention"),
        )
        .remedy(
            "tag the number",
            [format!(
                "# Set-CsPhoneNumberTag -PhoneNumber {} -Tag <tag>",
                quoted(&key)
            )],
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

    fn judge(options: &serde_json::Value, properties: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}",{properties}}}]"#
        );
        verdicts_with(
            "NU017",
            options,
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                (
                    "Get-CsTenantNetworkSite.json",
                    r#"[{"NetworkSiteID":"Berlin","NetworkRegionID":"EMEA"}]"#,
                ),
            ],
        )
    }

    #[test]
    fn a_site_that_does_not_exist_is_found_without_any_option() {
        let none = serde_json::json!({});
        assert_eq!(
            severity(&judge(&none, r#""NetworkSiteId":"Bonn""#)),
            "warning"
        );
        assert!(matches!(
            judge(&none, r#""NetworkSiteId":"berlin""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(&none, r#""NetworkSiteId":null"#)[..],
            [Verdict::Passed]
        ));
        let numbers = r#"[{"TelephoneNumber":"+12065550101","NetworkSiteId":"Bonn"}]"#;
        let alone = verdicts("NU017", &[("Get-CsPhoneNumberAssignment.json", numbers)]);
        assert!(matches!(alone[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn conventions_are_demanded_by_options() {
        let tag = serde_json::json!({"tag-prefix": "dept-"});
        assert_eq!(
            severity(&judge(&tag, r#""Tag":["HR"],"NetworkSiteId":null"#)),
            "info"
        );
        assert!(matches!(
            judge(&tag, r#""Tag":["x","Dept-HR"],"NetworkSiteId":null"#)[..],
            [Verdict::Passed]
        ));
        let site = serde_json::json!({"site-demanded": true});
        assert_eq!(severity(&judge(&site, r#""NetworkSiteId":null"#)), "info");
    }

    #[test]
    fn a_demanded_site_asks_for_no_tag() {
        let site = serde_json::json!({"site-demanded": true});
        assert_eq!(
            severity(&judge(&site, r#""Tag":["HR"],"NetworkSiteId":null"#)),
            "info"
        );
        for tag in ["", r#""Tag":null,"#, r#""Tag":["HR"],"#] {
            let verdicts = judge(&site, &format!(r#"{tag}"NetworkSiteId":"Berlin""#));
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{tag}");
        }
    }

    #[test]
    fn a_free_number_needs_no_site() {
        let site = serde_json::json!({"site-demanded": true});
        let numbers = r#"[{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":null,"PstnAssignmentStatus":"Unassigned","NetworkSiteId":null}]"#;
        let verdicts = verdicts_with(
            "NU017",
            &site,
            &[("Get-CsPhoneNumberAssignment.json", numbers)],
        );
        assert!(matches!(verdicts[..], [Verdict::Passed]), "{verdicts:?}");
    }
}
