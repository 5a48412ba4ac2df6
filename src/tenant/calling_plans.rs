//! Calling Plans: with minutes or paid by the minute, and which numbers need one.

use super::{Answer, Number, Tenant, User};
use crate::snapshot::service_plans::PlanClass;

impl Tenant {
    /// Whether an account has a Calling Plan with minutes. The feature `CallingPlan` stands for one that is paid by the
    /// minute too, so that it tells nothing where no plan does.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/calling-plans-for-office-365>.
    pub fn has_calling_plan_with_minutes(&self, user: &User) -> Answer {
        let told = self.licensed(user, PlanClass::CallingPlan);
        if told != Answer::Yes {
            return told;
        }
        let id = user.id.get();
        let details = id.and_then(|id| self.index.license_details.get(&id));
        let sources = user.plans.value().into_iter().chain(details);
        let (mut minutes, mut by_the_minute) = (false, false);
        for plans in sources {
            if plans.working.contains(PlanClass::CallingPlan) {
                return Answer::Yes;
            }
            // Of a plan whose state was lost, the feature says that it works.
            minutes |= plans.unsure.contains(PlanClass::CallingPlan);
            let listed = plans.working.union(plans.unsure);
            by_the_minute |= listed.contains(PlanClass::PayAsYouGo);
        }
        if let Some(skus) = user.skus.value() {
            if skus.working.contains(PlanClass::CallingPlan) {
                return Answer::Yes;
            }
            by_the_minute |= skus.working.contains(PlanClass::PayAsYouGo);
        }
        match (minutes, by_the_minute) {
            (true, false) => Answer::Yes,
            (false, true) => Answer::No,
            _ => Answer::Unknown,
        }
    }

    /// Whether a number is one of Microsoft's Calling Plans, which needs the license; those of operators and of Direct
    /// Routing do not.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/phone-numbers-licensing-changes>.
    pub fn needs_calling_plan(&self, number: &Number) -> Answer {
        match self.is_operator_connect(number) {
            Answer::Yes => Answer::No,
            Answer::Unknown => Answer::Unknown,
            Answer::No => (self.known_type(number) != Some("DirectRouting")).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tenant::Answer;
    use crate::tenant::testing::tenant;

    const MINUTES: &str = r#"{"Capability":"MCOPSTN1","CapabilityStatus":"Enabled"}"#;
    const PAYG: &str = r#"{"Capability":"MCOPSTN_PAYG_1","CapabilityStatus":"Enabled"}"#;
    const TEAMS: &str = r#"{"Capability":"Teams","CapabilityStatus":"Enabled"}"#;

    fn minutes(properties: &str) -> Answer {
        let users = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a","FeatureTypes":["Teams","CallingPlan"]{properties}}}]"#
        );
        let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
        tenant.has_calling_plan_with_minutes(&tenant.users[0])
    }

    #[test]
    fn plans_and_not_the_feature_tell_minutes_from_pay_as_you_go() {
        let plans = |plans: &[&str]| minutes(&format!(r#","AssignedPlan":[{}]"#, plans.join(",")));
        assert_eq!(plans(&[TEAMS, MINUTES]), Answer::Yes);
        assert_eq!(plans(&[MINUTES, PAYG]), Answer::Yes);
        assert_eq!(plans(&[TEAMS, PAYG]), Answer::No);
        assert_eq!(plans(&[TEAMS]), Answer::Unknown);
        assert_eq!(minutes(""), Answer::Unknown);
        let sku = |id: &str| {
            minutes(&format!(
                r#","AssignedLicenses":[{{"skuId":"{id}","disabledPlans":[]}}]"#
            ))
        };
        assert_eq!(sku("0dab259f-bf13-4952-b7f8-7db8f131b28d"), Answer::Yes);
        assert_eq!(sku("dbd31205-338e-4dec-903d-44402e305e32"), Answer::No);
    }

    #[test]
    fn numbers_of_operators_and_of_direct_routing_need_no_calling_plan() {
        let needs = |properties: &str| {
            let numbers = format!(r#"[{{"TelephoneNumber":"+12065550101",{properties}}}]"#);
            let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", &numbers)]);
            tenant.needs_calling_plan(&tenant.numbers[0])
        };
        assert_eq!(
            needs(r#""NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#),
            Answer::Yes
        );
        assert_eq!(
            needs(r#""NumberType":"CallingPlan","PstnPartnerName":"Telco A""#),
            Answer::No
        );
        assert_eq!(needs(r#""NumberType":"OperatorConnect""#), Answer::No);
        assert_eq!(needs(r#""NumberType":"DirectRouting""#), Answer::No);
        assert_eq!(needs(r#""NumberType":"CallingPlan""#), Answer::Unknown);
    }
}
