use super::*;
use crate::plan::act::Weight;
use crate::source::{SourceId, Span};
use crate::tenant::Holder;
use crate::tenant::testing::tenant;

const BARE: &str = "00000000-0000-4000-8000-000000000001";
const MAIN: &str = "00000000-0000-4000-8000-000000000002";
const PLACE: &str = "00000000-0000-4000-8000-0000000000ad";

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).expect("an id")
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).expect("a number")
}

/// A resource account with a number of this type, one with nothing, two policies, and numbers of all kinds.
fn state(of_type: &str, line: &str, plans: &str) -> State {
    let user = |id: &str, name: &str, line: &str, plans: &str| {
        format!(
            r#"{{"Identity":"{id}","UserPrincipalName":"{name}@contoso.example","AccountType":"ResourceAccount","LineUri":{line},"AssignedPlan":{plans},"OnlineVoiceRoutingPolicy":null}}"#
        )
    };
    let users = format!(
        "[{},{}]",
        user(BARE, "bare", "null", "[]"),
        user(MAIN, "main", &format!("\"tel:{line}\""), plans)
    );
    let row = |number: &str, of_type: &str, rest: &str| {
        format!(
            r#"{{"TelephoneNumber":"{number}","NumberType":"{of_type}","IsoCountryCode":"US"{rest}}}"#
        )
    };
    let free = r#","PstnAssignmentStatus":"Unassigned","AssignedPstnTargetId":null,"Capability":["UserAssignment"]"#;
    let numbers = format!(
        "[{},{},{},{},{}]",
        row(
            line,
            of_type,
            &format!(
                r#","PstnAssignmentStatus":"VoiceApplicationAssigned","AssignedPstnTargetId":"{MAIN}","LocationId":"{PLACE}","PstnPartnerName":"Microsoft""#
            )
        ),
        row("+12065550102", of_type, free),
        row(
            "+12065550103",
            of_type,
            r#","PstnAssignmentStatus":"PolicyAssigned","AssignedPstnTargetId":"TeamsSharedCallingRoutingPolicy|Tag:West","Capability":["UserAssignment"]"#
        ),
        row(
            "+12065550104",
            of_type,
            r#","PstnAssignmentStatus":"PolicyAssigned","AssignedPstnTargetId":"TeamsSharedCallingRoutingPolicy|Tag:East","Capability":["UserAssignment"]"#
        ),
        row(
            "+12065550105",
            "OperatorConnect",
            r#","PstnAssignmentStatus":"Unassigned","AssignedPstnTargetId":null,"Capability":["VoiceApplicationAssignment"]"#
        )
    );
    State::new(tenant(&[
        ("Get-CsOnlineUser.json", &users),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        (
            "Get-CsTeamsSharedCallingRoutingPolicy.json",
            &format!(
                r#"[{{"Identity":"Tag:West","ResourceAccount":"{BARE}","EmergencyNumbers":["+12065550103"]}},{{"Identity":"Tag:East","ResourceAccount":"{BARE}","EmergencyNumbers":["+12065550104"]}}]"#
            ),
        ),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            r#"[{"Identity":"Global","OnlinePstnUsages":[]}]"#,
        ),
    ]))
}

const LICENSED: &str = r#"[{"ServicePlanId":"f47330e9-c134-43b3-9993-e7f004506889","ServicePlanName":"MCOEV_VIRTUALUSER","CapabilityStatus":"Enabled"},{"ServicePlanId":"156a1efe-17cd-4b03-9f17-2eb512298fb3","ServicePlanName":"MCOPSTN_PAYG_1","CapabilityStatus":"Enabled"}]"#;

fn act(account: Option<&str>, numbers: Option<&[&str]>) -> Act {
    Act::SetSharedCalling {
        policy: "west".to_owned(),
        account: account.map(id),
        numbers: numbers.map(|all| all.iter().map(|one| number(one)).collect()),
    }
}

fn unmet(act: &Act, state: &State) -> Vec<(Weight, Met, String)> {
    let needs = act.needs(state).into_iter();
    needs
        .filter(|need| need.met != Met::Yes)
        .map(|need| (need.weight, need.met, need.what))
        .collect()
}

fn texts(act: &Act, state: &State) -> Vec<String> {
    let found = unmet(act, state).into_iter();
    found.map(|(.., what)| what).collect()
}

#[test]
fn account_and_numbers_change_and_those_that_leave_are_free() {
    let mut state = state("OperatorConnect", "+12065550101", LICENSED);
    let act = act(Some(MAIN), Some(&["+12065550102"]));
    assert_eq!(unmet(&act, &state), []);
    assert_eq!(
        act.commands(&state),
        [format!(
            "Set-CsTeamsSharedCallingRoutingPolicy -Identity 'West' -ResourceAccount '{MAIN}' -EmergencyNumbers @{{Replace='+12065550102'}}"
        )]
    );
    assert_eq!(
        act.undo(&state),
        Undo::Commands(vec![format!(
            "Set-CsTeamsSharedCallingRoutingPolicy -Identity 'West' -ResourceAccount '{BARE}' -EmergencyNumbers @{{Replace='+12065550103'}}"
        )])
    );
    let effect = act.effect(&state);
    let _ = state.apply(effect, Span::start_of(SourceId(0)));
    state.tenant.settle();
    let policy = state.tenant.shared_calling_policies.find("west");
    let policy = policy.expect("the policy");
    assert_eq!(policy.account.get(), Some(id(MAIN)));
    assert_eq!(
        numbers_of(policy, &state),
        Some(vec![number("+12065550102")])
    );
    let row = |text: &str| state.number(number(text)).expect("the number");
    assert_eq!(row("+12065550102").holder, Holder::SharedCallingPolicy);
    assert!(is_of(row("+12065550102"), "west", &state));
    assert_eq!(row("+12065550103").holder, Holder::Nobody);
    assert_eq!(state.tenant.is_assigned(row("+12065550103")), Answer::No);
    assert_eq!(row("+12065550104").holder, Holder::SharedCallingPolicy);
}

#[test]
fn numbers_must_be_free_and_like_the_shared_one() {
    let state = state("DirectRouting", "+12065550101", LICENSED);
    let numbers = |one: &str| texts(&act(Some(MAIN), Some(&[one])), &state);
    let route = "`main@contoso.example` has a voice routing policy with a route that works";
    assert_eq!(numbers("+12065550103"), [route], "its own number");
    assert_eq!(
        numbers("+12065550104"),
        [
            route,
            "`+12065550104` is in no other shared calling policy",
            "`+12065550104` is free",
        ]
    );
    assert_eq!(
        numbers("+12065550105"),
        [
            route,
            "`+12065550105` is of type DirectRouting, as the shared number is",
        ]
    );
    // Direct Routing takes what no inventory lists.
    assert_eq!(numbers("+12065550199"), [route]);
}

#[test]
fn a_calling_plan_is_paid_by_the_minute_and_not_shared_everywhere() {
    let paid = state("CallingPlan", "+12065550101", LICENSED);
    let virtual_only = LICENSED.split("},{").next().expect("the first").to_owned() + "}]";
    let unpaid = state("CallingPlan", "+12065550101", &virtual_only);
    let act_of = |one: &str| act(Some(MAIN), Some(&[one]));
    let what = "`main@contoso.example` has a Calling Plan that is paid by the minute";
    assert_eq!(texts(&act_of("+12065550102"), &unpaid), [what]);
    assert_eq!(unmet(&act_of("+12065550102"), &paid), []);
    assert_eq!(
        texts(&act_of("+12065550105"), &paid)
            .last()
            .map(String::as_str),
        Some("`+12065550105` is a number for users")
    );
    let gone = texts(&act_of("+12065550199"), &paid);
    assert!(gone.contains(&"`+12065550199` is in the inventory".to_owned()));
}

#[test]
fn the_account_has_a_license_and_a_number() {
    let state = state("OperatorConnect", "+12065550101", LICENSED);
    assert_eq!(
        unmet(&act(Some(BARE), None), &state),
        [
            (
                Weight::Refused,
                Met::No,
                "`bare@contoso.example` has the Teams Phone Resource Account license".to_owned()
            ),
            (
                Weight::Refused,
                Met::No,
                "`bare@contoso.example` has a number".to_owned()
            ),
        ]
    );
    let nobody = act(Some(PLACE), None);
    assert_eq!(unmet(&nobody, &state)[0].0, Weight::Missing);
}

#[test]
fn a_toll_free_number_needs_another_one_to_call_back() {
    let state = state("OperatorConnect", "+18005550100", LICENSED);
    assert_eq!(
        texts(&act(Some(MAIN), Some(&[])), &state),
        ["the policy has emergency numbers, as `+18005550100` is toll-free"]
    );
    assert_eq!(
        act(Some(MAIN), Some(&[])).commands(&state),
        [format!(
            "Set-CsTeamsSharedCallingRoutingPolicy -Identity 'West' -ResourceAccount '{MAIN}' -EmergencyNumbers $null"
        )]
    );
    assert_eq!(unmet(&act(Some(MAIN), None), &state), []);
}

#[test]
fn emergency_numbers_of_those_who_share_fit_the_type() {
    let with = |usage: &str, line_type: &str| {
        let users = format!(
            r#"[{{"Identity":"{MAIN}","UserPrincipalName":"main","AccountType":"ResourceAccount","LineUri":"tel:+12065550101","AssignedPlan":{LICENSED}}},{{"Identity":"{BARE}","UserPrincipalName":"ana","LineUri":null,"TeamsSharedCallingRoutingPolicy":"West","TeamsEmergencyCallRoutingPolicy":"US"}}]"#
        );
        let emergency = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"911","OnlinePSTNUsage":{usage}}}],"AllowEnhancedEmergencyServices":true}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{line_type}","AssignedPstnTargetId":"{MAIN}","LocationId":"{PLACE}"}}]"#
        );
        let state = State::new(tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            (
                "Get-CsTeamsSharedCallingRoutingPolicy.json",
                r#"[{"Identity":"Tag:West","ResourceAccount":null,"EmergencyNumbers":[]}]"#,
            ),
            ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &emergency),
        ]));
        let needs = act(Some(MAIN), None).needs(&state).into_iter();
        let mut found = needs.filter(|need| need.what.starts_with("those who have `West`"));
        found.next().map(|need| (need.met, need.instead))
    };
    let wrong = "emergency call routing policy `US` does not fit".to_owned();
    let fits = Some((Met::Yes, String::new()));
    assert_eq!(with("null", "OperatorConnect"), fits);
    assert_eq!(with("\"E911\"", "DirectRouting"), fits);
    assert_eq!(
        with("null", "DirectRouting"),
        Some((Met::No, wrong.clone()))
    );
    assert_eq!(with("\"E911\"", "OperatorConnect"), Some((Met::No, wrong)));
}
