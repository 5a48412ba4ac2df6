//! `rules/licenses/subscription-overdrawn.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::record::SkuRecord;
use crate::snapshot::service_plans::{PlanClass, sku_by_id};
use crate::tenant::{Merged, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "subscription-overdrawn",
    Check::Several(&[Check::Each(check), Check::User(of_user)])
);

/// What makes a SKU one for voice.
const VOICE: [PlanClass; 6] = [
    PlanClass::PhoneSystem,
    PlanClass::ResourceAccount,
    PlanClass::CallingPlan,
    PlanClass::PayAsYouGo,
    PlanClass::PhoneMobile,
    PlanClass::AudioConferencing,
];

fn check(cx: &Cx) -> Verdicts {
    let skus = cx.tenant.skus.iter().filter(|sku| is_voice(sku.id.get()));
    skus.map(|sku| judge(sku, cx)).collect()
}

fn is_voice(sku: Option<ObjectId>) -> bool {
    sku.and_then(|id| sku_by_id(id.bits()))
        .is_some_and(|known| VOICE.into_iter().any(|class| known.plans.contains(class)))
}

fn judge(sku: &Merged<SkuRecord>, cx: &Cx) -> Verdict {
    let (Some(prepaid), Some(consumed)) = (sku.prepaid.get(), sku.consumed.get()) else {
        return Verdict::Unknown("the export does not tell how many licenses are left");
    };
    let id = sku.id.get().map(|id| id.to_string()).unwrap_or_default();
    let texts = &cx.tenant.snapshot.texts;
    let name = sku
        .part_number
        .get()
        .map_or(id.as_str(), |name| texts.symbol(name));
    let usable = prepaid.enabled.saturating_add(prepaid.warning);
    let (message, place, label) = if consumed > usable {
        (
            format!(
                "`{name}` is overdrawn: {consumed} licenses are assigned, and {usable} can be used"
            ),
            sku.at("ConsumedUnits"),
            "more than there are",
        )
    } else if prepaid.warning > 0 {
        (
            format!(
                "{} licenses of `{name}` are in their time of grace",
                prepaid.warning
            ),
            sku.at("PrepaidUnits"),
            "a subscription has expired",
        )
    } else if prepaid.suspended > 0 {
        // Whoever needed them would have made the SKU overdrawn.
        (
            format!(
                "{} licenses of `{name}` are suspended; nobody needs them now",
                prepaid.suspended
            ),
            sku.at("PrepaidUnits"),
            "a subscription has lapsed",
        )
    } else {
        return Verdict::Passed;
    };
    found(
        Draft::new(
            Severity::Warning,
            Subject::new(SubjectKind::Sku, &id, name),
            message,
            Label::new(place, label),
        )
        .remedy(
            "buy licenses, or take some away",
            ["# Microsoft 365 admin center > Billing > Your products: renew the subscription, or buy more".to_owned()],
        ),
    )
}

/// An assignment of a voice SKU that the directory could not make.
fn of_user(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let states = match user.license_states.get() {
        Some(states) if !tenant.is_deleted(user) => tenant.snapshot.texts.list(states),
        _ => return Verdict::NotApplicable,
    };
    let failed = states
        .iter()
        .filter(|state| is_voice(Some(state.sku)))
        .find_map(|state| Some((state, state.error?)));
    let Some((state, error)) = failed else {
        return Verdict::Passed;
    };
    let name = tenant.user_name(user);
    let sku = sku_by_id(state.sku.bits())
        .map_or_else(|| state.sku.to_string(), |sku| sku.product.to_owned());
    let error = tenant.snapshot.texts.symbol(error);
    found(
        Draft::new(
            Severity::Warning,
            tenant.user_subject(user),
            format!("`{name}` could not be given `{sku}`: `{error}`"),
            Label::new(user.at("LicenseAssignmentStates"), "the directory could not assign it"),
        )
        .role(state.sku.to_string())
        .remedy(
            "remove what stands in the way, then try again",
            [
                "# CountViolation: buy or free a license; MutuallyExclusiveViolation: remove the other license; DependencyViolation: add the one that it builds on".to_owned(),
                format!("Invoke-MgLicenseUser -UserId {}", quoted(&tenant.user_identity(user))),
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

    fn sku(used: u32, units: &str) -> Vec<Verdict> {
        let skus = format!(
            r#"[{{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","skuPartNumber":"MCOEV","consumedUnits":{used},"prepaidUnits":{units}}}]"#
        );
        verdicts("LI011", &[("subscribedSkus.json", &skus)])
    }

    #[test]
    fn more_than_there_are_and_what_expires_are_found() {
        assert_eq!(
            severity(&sku(51, r#"{"enabled":50,"suspended":0,"warning":0}"#)),
            "warning"
        );
        assert_eq!(
            severity(&sku(40, r#"{"enabled":40,"suspended":0,"warning":10}"#)),
            "warning"
        );
        assert_eq!(
            severity(&sku(40, r#"{"enabled":40,"suspended":10,"warning":0}"#)),
            "warning"
        );
        assert!(matches!(
            sku(50, r#"{"enabled":50,"suspended":0,"warning":0}"#)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn an_assignment_that_failed_is_found() {
        let user = |error: &str| {
            let users = format!(
                r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","error":"{error}","disabledPlans":[]}}]}}]"#
            );
            verdicts("LI011", &[("graph-users.json", &users)])
        };
        assert_eq!(severity(&user("CountViolation")), "warning");
        assert!(matches!(user("None")[..], [Verdict::Passed]));
    }

    fn message(verdicts: Vec<Verdict>) -> String {
        match verdicts.into_iter().next() {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn licenses_that_nobody_needs_are_told_apart_from_those_in_grace() {
        let idle = message(sku(40, r#"{"enabled":40,"suspended":10,"warning":0}"#));
        assert_eq!(
            idle,
            "10 licenses of `MCOEV` are suspended; nobody needs them now"
        );
        let grace = message(sku(45, r#"{"enabled":40,"suspended":0,"warning":10}"#));
        assert_eq!(grace, "10 licenses of `MCOEV` are in their time of grace");
        let over = message(sku(51, r#"{"enabled":50,"suspended":5,"warning":0}"#));
        assert!(
            over.contains("is overdrawn: 51 licenses are assigned"),
            "{over}"
        );
    }

    #[test]
    fn licenses_in_their_time_of_grace_can_be_used() {
        let over = message(sku(51, r#"{"enabled":40,"suspended":0,"warning":10}"#));
        assert_eq!(
            over,
            "`MCOEV` is overdrawn: 51 licenses are assigned, and 50 can be used"
        );
    }

    #[test]
    fn licenses_without_voice_and_accounts_that_are_deleted_are_not_judged() {
        let other = r#"[{"skuId":"00000000-0000-4000-8000-0000000000aa","skuPartNumber":"OTHER","consumedUnits":51,"prepaidUnits":{"enabled":50,"suspended":0,"warning":0}}]"#;
        assert!(verdicts("LI011", &[("subscribedSkus.json", other)]).is_empty());
        let deleted = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","deletedDateTime":"2026-09-01T00:00:00Z","licenseAssignmentStates":[{{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","error":"CountViolation","disabledPlans":[]}}]}}]"#
        );
        let verdicts = verdicts("LI011", &[("deletedItems.json", &deleted)]);
        assert!(verdicts.is_empty(), "{verdicts:?}");
    }
}
