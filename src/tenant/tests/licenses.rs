//! Who is licensed for what, by every export that tells of licenses.

use super::{ONE, THREE, TWO, id, symbol, user, user_text};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::testing::tenant;
use crate::tenant::{Answer, Tenant};

const MCOEV: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
const MCOEV_SKU: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
const VIRTUAL_USER: &str = "f47330e9-c134-43b3-9993-e7f004506889";
const VIRTUAL_USER_SKU: &str = "440eaaa8-b3e0-484b-a8be-62870b9ba70a";

fn licensed(properties: &str, class: PlanClass) -> Answer {
    let tenant = user(properties);
    tenant.licensed(&tenant.users[0], class)
}

/// Phone System and Virtual User of the account with that id.
fn both(tenant: &Tenant, account: &str) -> (Answer, Answer) {
    let user = tenant.user(id(account)).expect("the account");
    (tenant.phone_system(user), tenant.virtual_user(user))
}

#[test]
fn plans_decide_before_features_and_status_before_both() {
    let plan = |name: &str, status: &str, features: &str| {
        let text = format!(
            ",\"AssignedPlan\":[{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}],\"FeatureTypes\":{features}"
        );
        (
            licensed(&text, PlanClass::PhoneSystem),
            licensed(&text, PlanClass::ResourceAccount),
        )
    };
    assert_eq!(plan("MCOEV", "Enabled", "[]"), (Answer::Yes, Answer::No));
    assert_eq!(plan("MCOEV", "Warning", "[]").0, Answer::Yes);
    assert_eq!(
        plan("MCOEV", "Suspended", "[\"PhoneSystem\"]").0,
        Answer::No
    );
    assert_eq!(
        plan("MCOEV_VIRTUALUSER", "Enabled", "[]"),
        (Answer::No, Answer::Yes)
    );
    assert_eq!(
        plan("Teams", "Enabled", "[\"VoiceApp\"]"),
        (Answer::No, Answer::Yes)
    );
}

#[test]
fn licenses_that_nothing_tells_are_unknown() {
    assert_eq!(licensed("", PlanClass::PhoneSystem), Answer::Unknown);
    // Both empty for every user: the export left them out.
    let empty = ",\"AssignedPlan\":[],\"FeatureTypes\":[]";
    assert_eq!(licensed(empty, PlanClass::PhoneSystem), Answer::Unknown);
    // Capabilities without status, as too small a depth leaves them: the features decide.
    let cut = ",\"AssignedPlan\":[\"MCOEV\"]";
    assert_eq!(licensed(cut, PlanClass::PhoneSystem), Answer::Unknown);
    let told = ",\"AssignedPlan\":[\"MCOEV\"],\"FeatureTypes\":[\"PhoneSystem\"]";
    assert_eq!(licensed(told, PlanClass::PhoneSystem), Answer::Yes);
    let denied = ",\"AssignedPlan\":[\"MCOEV\"],\"FeatureTypes\":[\"Teams\"]";
    assert_eq!(licensed(denied, PlanClass::PhoneSystem), Answer::No);
}

#[test]
fn empty_lists_say_no_as_soon_as_one_account_has_some() {
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"AssignedPlan\":[],\"FeatureTypes\":null}},
          {{\"Identity\":\"{TWO}\",\"UserPrincipalName\":\"b\",\"AssignedPlan\":[],\"FeatureTypes\":[\"Teams\"]}},
          {{\"Identity\":\"{THREE}\",\"UserPrincipalName\":\"c\"}}]"
    );
    let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
    assert_eq!(both(&tenant, ONE), (Answer::No, Answer::No));
    assert_eq!(both(&tenant, TWO), (Answer::No, Answer::No));
    assert_eq!(both(&tenant, THREE), (Answer::Unknown, Answer::Unknown));
}

#[test]
fn plans_of_government_clouds_count_by_name_and_by_id() {
    let named = |name: &str| {
        let tenant = user(&format!(
            ",\"AssignedPlan\":[{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"Enabled\"}}]"
        ));
        both(&tenant, ONE)
    };
    let with_id = |plan: &str| {
        let tenant = user(&format!(
            ",\"AssignedPlan\":[{{\"Capability\":\"any\",\"ServicePlanId\":\"{plan}\",\"CapabilityStatus\":\"Enabled\"}}]"
        ));
        both(&tenant, ONE)
    };
    let phone = (Answer::Yes, Answer::No);
    let virtual_user = (Answer::No, Answer::Yes);
    assert_eq!(named("MCOEV_GOV"), phone);
    assert_eq!(with_id("db23fce2-a974-42ef-9002-d78dd42a0f22"), phone);
    assert_eq!(named("MCOEV_VIRTUALUSER_GOV"), virtual_user);
    assert_eq!(
        with_id("0628a73f-3b4a-4989-bd7b-0f8823144313"),
        virtual_user
    );
    // A prefix is neither.
    assert_eq!(named("MCOEV_OTHER"), (Answer::No, Answer::No));
    let gcc = user(
        ",\"AssignedPlan\":[{\"Capability\":\"MCOPSTN1_GOV\",\"CapabilityStatus\":\"Enabled\"},{\"Capability\":\"Teams_GCC\",\"CapabilityStatus\":\"Enabled\"}]",
    );
    let user = &gcc.users[0];
    assert_eq!(gcc.licensed(user, PlanClass::CallingPlan), Answer::Yes);
    assert_eq!(gcc.licensed(user, PlanClass::Teams), Answer::Yes);
    assert_eq!(gcc.phone_system(user), Answer::No);
}

#[test]
fn communications_credits_are_no_calling_plan() {
    let credits =
        ",\"AssignedPlan\":[{\"Capability\":\"MCOPSTNC\",\"CapabilityStatus\":\"Enabled\"}]";
    assert_eq!(licensed(credits, PlanClass::CallingPlan), Answer::No);
    assert_eq!(
        licensed(credits, PlanClass::CommunicationsCredits),
        Answer::Yes
    );
}

#[test]
fn assigned_plans_of_graph_count_by_id_and_status() {
    let plan = |status: &str| {
        let users = format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"assignedPlans\":[
               {{\"capabilityStatus\":\"Deleted\",\"service\":\"MicrosoftCommunicationsOnline\",\"servicePlanId\":\"{MCOEV}\"}},
               {{\"capabilityStatus\":\"{status}\",\"service\":\"MicrosoftCommunicationsOnline\",\"servicePlanId\":\"{MCOEV}\"}}]}}]"
        );
        both(&tenant(&[("graph-users.json", &users)]), ONE)
    };
    // Old entries stay in the list: the best status counts.
    assert_eq!(plan("Enabled"), (Answer::Yes, Answer::No));
    assert_eq!(plan("Warning"), (Answer::Yes, Answer::No));
    assert_eq!(plan("LockedOut"), (Answer::No, Answer::No));
}

#[test]
fn assigned_licenses_of_graph_bring_their_plans_but_those_switched_off() {
    let licenses = |list: &str| {
        let users = format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"assignedLicenses\":{list}}}]"
        );
        both(&tenant(&[("graph-users.json", &users)]), ONE)
    };
    let sku = |sku: &str, off: &str| format!("[{{\"skuId\":\"{sku}\",\"disabledPlans\":[{off}]}}]");
    assert_eq!(licenses(&sku(MCOEV_SKU, "")), (Answer::Yes, Answer::No));
    assert_eq!(
        licenses(&sku(VIRTUAL_USER_SKU, "")),
        (Answer::No, Answer::Yes)
    );
    let off = format!("\"{VIRTUAL_USER}\"");
    assert_eq!(
        licenses(&sku(VIRTUAL_USER_SKU, &off)),
        (Answer::No, Answer::No)
    );
    assert_eq!(licenses("[]"), (Answer::No, Answer::No));
    // What a SKU brings that no table lists is not known.
    assert_eq!(licenses(&sku(ONE, "")), (Answer::Unknown, Answer::Unknown));
}

#[test]
fn license_details_count_for_the_user_of_their_page() {
    let details = |plan: &str, status: &str| {
        let page = format!(
            "{{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#users('{ONE}')/licenseDetails\",\"value\":[
               {{\"id\":\"x\",\"skuId\":\"{MCOEV_SKU}\",\"skuPartNumber\":\"MCOEV\",\"servicePlans\":[
                 {{\"servicePlanId\":\"{plan}\",\"servicePlanName\":\"any\",\"provisioningStatus\":\"{status}\"}}]}}]}}"
        );
        let users = format!(
            "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"LineUri\":null}},{{\"Identity\":\"{TWO}\",\"UserPrincipalName\":\"b\",\"LineUri\":null}}]"
        );
        let tenant = tenant(&[
            ("graph-licenseDetails-a.json", &page),
            ("Get-CsOnlineUser.json", &users),
        ]);
        let other = both(&tenant, TWO);
        assert_eq!(other, (Answer::Unknown, Answer::Unknown));
        both(&tenant, ONE)
    };
    assert_eq!(details(MCOEV, "Success"), (Answer::Yes, Answer::No));
    assert_eq!(details(VIRTUAL_USER, "Success"), (Answer::No, Answer::Yes));
    assert_eq!(details(MCOEV, "Disabled"), (Answer::No, Answer::No));
    assert_eq!(
        details(MCOEV, "PendingProvisioning"),
        (Answer::Unknown, Answer::No)
    );
}

#[test]
fn a_graph_source_tells_what_blank_lists_of_the_cmdlet_left_out() {
    let graph = |properties: &str| {
        let users = user_text(ONE, ",\"AssignedPlan\":[],\"FeatureTypes\":[]");
        let more = user_text(TWO, ",\"AssignedPlan\":[],\"FeatureTypes\":[]");
        let graph = format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",{properties}}}]"
        );
        let tenant = tenant(&[
            ("Get-CsOnlineUser-1.json", &users),
            ("Get-CsOnlineUser-2.json", &more),
            ("graph-users.json", &graph),
        ]);
        // Nothing tells of the other: lists that are blank everywhere were not exported.
        assert_eq!(both(&tenant, TWO), (Answer::Unknown, Answer::Unknown));
        both(&tenant, ONE)
    };
    let plans = format!(
        "\"assignedPlans\":[{{\"capabilityStatus\":\"Enabled\",\"servicePlanId\":\"{MCOEV}\"}}]"
    );
    assert_eq!(graph(&plans), (Answer::Yes, Answer::No));
    let licenses =
        format!("\"assignedLicenses\":[{{\"skuId\":\"{MCOEV_SKU}\",\"disabledPlans\":[]}}]");
    assert_eq!(graph(&licenses), (Answer::Yes, Answer::No));
    let unlisted = format!("\"assignedLicenses\":[{{\"skuId\":\"{ONE}\",\"disabledPlans\":[]}}]");
    assert_eq!(graph(&unlisted), (Answer::Unknown, Answer::Unknown));
}

#[test]
fn an_assigned_sku_does_not_hide_that_its_plan_was_stopped() {
    let judge = |plans: &str| {
        let users = user_text(ONE, &format!(",\"AssignedPlan\":[{plans}]"));
        let graph = format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"assignedLicenses\":[{{\"skuId\":\"{MCOEV_SKU}\",\"disabledPlans\":[]}}]}}]"
        );
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("graph-users.json", &graph),
        ]);
        both(&tenant, ONE).0
    };
    let plan = |name: &str, status: &str| {
        format!("{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}")
    };
    let (stopped, works) = (plan("MCOEV", "Suspended"), plan("MCOEV", "Enabled"));
    assert_eq!(judge(&stopped), Answer::No);
    assert_eq!(judge(&format!("{stopped},{works}")), Answer::Yes);
    // What the plans leave open, the SKU decides.
    assert_eq!(judge(&plan("MCOEV", "Resting")), Answer::Yes);
    assert_eq!(judge(&plan("Teams", "Enabled")), Answer::Yes);
}

#[test]
fn a_resource_account_is_licensed_as_its_directory_account_is() {
    let accounts = format!(
        "[{{\"ObjectId\":\"{ONE}\",\"UserPrincipalName\":\"aa@contoso.example\",\"ApplicationId\":\"{THREE}\"}},
          {{\"ObjectId\":\"{TWO}\",\"UserPrincipalName\":\"cq@contoso.example\",\"ApplicationId\":\"{THREE}\"}}]"
    );
    let users = user_text(
        ONE,
        ",\"AssignedPlan\":[{\"Capability\":\"MCOEV_VIRTUALUSER\",\"CapabilityStatus\":\"Enabled\"}]",
    );
    let tenant = tenant(&[
        ("Get-CsOnlineApplicationInstance.json", &accounts),
        ("Get-CsOnlineUser.json", &users),
    ]);
    let answer = |account: &str, class| {
        let account = tenant.resource_account(id(account)).expect("the account");
        tenant.account_licensed(account, class)
    };
    assert_eq!(answer(ONE, PlanClass::ResourceAccount), Answer::Yes);
    assert_eq!(answer(ONE, PlanClass::PhoneSystem), Answer::No);
    assert_eq!(answer(TWO, PlanClass::ResourceAccount), Answer::Unknown);
}

#[test]
fn subscribed_skus_keep_what_was_bought_and_what_is_in_use() {
    let page = |consumed: i64| {
        format!(
            "{{\"value\":[{{\"id\":\"x_{VIRTUAL_USER_SKU}\",\"skuId\":\"{VIRTUAL_USER_SKU}\",\"skuPartNumber\":\"PHONESYSTEM_VIRTUALUSER\",
               \"capabilityStatus\":\"Enabled\",\"consumedUnits\":{consumed},\"prepaidUnits\":{{\"enabled\":25,\"suspended\":3,\"warning\":2}}}}]}}"
        )
    };
    let tenant = tenant(&[("graph-subscribedSkus.json", &page(7))]);
    assert_eq!(tenant.skus.len(), 1);
    let sku = &tenant.skus[0];
    assert_eq!(sku.id.get(), Some(id(VIRTUAL_USER_SKU)));
    assert_eq!(
        symbol(&tenant, sku.part_number.get()),
        "PHONESYSTEM_VIRTUALUSER"
    );
    assert_eq!(sku.consumed.get(), Some(7));
    let prepaid = sku.prepaid.get().expect("the units");
    assert_eq!((prepaid.enabled, prepaid.warning), (25, 2));
}

#[test]
fn the_skus_of_an_account_come_from_whatever_lists_some() {
    let page = format!(
        "{{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#users('{ONE}')/licenseDetails\",\"value\":[
           {{\"id\":\"x\",\"skuId\":\"{MCOEV_SKU}\",\"skuPartNumber\":\"MCOEV\",\"servicePlans\":[]}}]}}"
    );
    let users = format!(
        "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"accountEnabled\":true}},
          {{\"id\":\"{TWO}\",\"userPrincipalName\":\"b@contoso.example\",\"accountEnabled\":true,
            \"assignedLicenses\":[{{\"skuId\":\"{VIRTUAL_USER_SKU}\",\"disabledPlans\":[]}}]}},
          {{\"id\":\"{THREE}\",\"userPrincipalName\":\"c@contoso.example\",\"accountEnabled\":true}}]"
    );
    let tenant = tenant(&[
        ("graph-licenseDetails-a.json", &page),
        ("graph-users.json", &users),
    ]);
    let skus = |account: &str| {
        let user = tenant.user(id(account)).expect("the account");
        let skus = tenant.skus_of(user)?;
        Some(skus.iter().map(|sku| sku.id).collect::<Vec<_>>())
    };
    assert_eq!(skus(ONE), Some(vec![id(MCOEV_SKU)]));
    assert_eq!(skus(TWO), Some(vec![id(VIRTUAL_USER_SKU)]));
    assert_eq!(skus(THREE), None, "nothing lists any");
}
