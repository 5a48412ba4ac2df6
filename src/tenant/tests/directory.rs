//! Who has an address.

use super::{ONE, THREE, TWO, id};
use crate::tenant::testing::tenant;

#[test]
fn an_address_is_first_a_sip_address_then_a_name_and_last_that_of_a_deleted_account() {
    let gone = r#""SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
    let users = format!(
        r#"[
        {{"Identity":"{ONE}","UserPrincipalName":"anna@contoso.example","SipAddress":"sip:Bob@contoso.example"}},
        {{"Identity":"{TWO}","UserPrincipalName":"bob@contoso.example","SipAddress":"sip:cleo@contoso.example"}},
        {{"Identity":"{THREE}","UserPrincipalName":"ÄNNE@contoso.example","SipAddress":"sip:anna@contoso.example",{gone}}}
        ]"#
    );
    let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
    let who = |address: &str| {
        tenant
            .user_by_address(address)
            .and_then(|user| user.id.get())
    };
    assert_eq!(who("sip:BOB@contoso.example"), Some(id(ONE)));
    assert_eq!(who("cleo@contoso.example"), Some(id(TWO)));
    // That of a deleted account hides nobody, and is found where nobody else has it.
    assert_eq!(who(" SIP:anna@contoso.example "), Some(id(ONE)));
    assert_eq!(who("änne@CONTOSO.example"), Some(id(THREE)));
    assert_eq!(who("nobody@contoso.example"), None);
    let long = format!("{}@contoso.example", "x".repeat(70));
    assert_eq!(who(&long), None);
}

#[test]
fn an_address_of_many_accounts_is_the_one_of_the_first_and_is_found_at_once() {
    let user = |number: u32| {
        format!(
            r#"{{"Identity":"00000000-0000-4000-8000-{number:012}","UserPrincipalName":"all@contoso.example","SipAddress":"sip:{number}@contoso.example"}}"#
        )
    };
    // Looked for among each other, so many would take minutes.
    let users: Vec<String> = (1..=40_000).map(user).collect();
    let users = format!("[{}]", users.join(","));
    let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
    for _ in 0..40_000 {
        let found = tenant.user_by_address("all@contoso.example");
        assert_eq!(found.and_then(|user| user.id.get()), Some(id(ONE)));
    }
    let last = tenant.user_by_address("40000@contoso.example");
    assert!(last.is_some_and(|user| user.id != tenant.users[0].id));
}
