//! What a server of the organization takes part in: its resource accounts, and numbers that its directory manages.
//!
//! Sources: <https://learn.microsoft.com/skypeforbusiness/hybrid/configure-onprem-ra>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumbertenantconfiguration>.

use super::holdings::{category_of, country_of, has_line_on_premises, is_on_premises, location_of};
use super::needs::of_domain;
use super::optional;
use super::sequence::Sequence;
use crate::plan::act::Act;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::expand::primitives::create as creation;
use crate::snapshot::PhoneNumber;
use crate::tenant::Answer;

/// Create on the server, synchronize, license, number, app.
pub(super) fn create(step: &mut Operands) -> Option<Vec<Planned>> {
    let number = optional(step, "number", Operands::number).ok()?;
    let app = optional(step, "app", Operands::app).ok()?;
    let created = creation(step, true)?;
    let (state, gate) = (step.state, &step.step.change_bytes);
    let Act::CreateAccount { account, upn, .. } = &created.act else {
        return None;
    };
    let account = *account;
    let needs = of_domain(upn, false, state);
    let bytes = created.bytes;
    let mut sequence = Sequence::default();
    sequence.with_needs(created.act, &bytes, needs);
    sequence.gate(gate);
    if let Some(country) = number.and_then(|number| country_of(number, None, state)) {
        sequence.act(Act::SetUsageLocation { account, country }, &bytes);
    }
    let add = vec![state.tenant.resource_account_sku().id];
    let remove = Vec::new();
    sequence.act(
        Act::ChangeLicense {
            account,
            add,
            remove,
        },
        &bytes,
    );
    if let Some(number) = number {
        let act = Act::Assign {
            account,
            number,
            number_type: None,
            location: None,
            category: None,
        };
        sequence.act(act, &bytes);
    }
    if let Some(app) = app {
        sequence.act(Act::Associate { account, app }, &bytes);
    }
    Some(sequence.done())
}

/// The tenant allows it, the assignment takes the number over, and the server no longer writes its value back.
pub(super) fn take_over(step: &mut Operands) -> Vec<Planned> {
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut taken = Vec::new();
    for (account, bytes) in &users {
        let mut numbers = state.numbers_of(*account);
        let user = state.user(*account);
        let line = user.and_then(|user| user.on_prem_line_uri.get());
        let line = line.and_then(|line| PhoneNumber::parse(state.tenant.snapshot.texts.text(line)));
        numbers.extend(line.filter(|line| !numbers.contains(line)));
        let managed = numbers
            .into_iter()
            .filter(|number| is_on_premises(*account, *number, state));
        taken.extend(managed.map(|number| (*account, number, bytes)));
    }
    let mut sequence = Sequence::default();
    if !taken.is_empty() && state.takes_over_numbers() != Answer::Yes {
        sequence.act(Act::SetMigration { enabled: true }, gate);
        sequence.gate(gate);
    }
    for (account, number, bytes) in taken {
        let act = Act::Assign {
            account,
            number,
            number_type: Some("DirectRouting"),
            location: location_of(number, state),
            category: category_of(number, state),
        };
        sequence.act(act, bytes);
    }
    for (account, bytes) in &users {
        if has_line_on_premises(*account, state) {
            sequence.act(Act::ClearOnPremises { account: *account }, bytes);
        }
    }
    sequence.done()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{acts, contoso, expanded, unmet, with};

    #[test]
    fn an_account_of_the_server_comes_with_the_synchronization() {
        let server = json!({"sipfederationtls": "sip.contoso.example"});
        let files = with(contoso(), "dns.json", "contoso.example", &server);
        let step = "change = \"create-hybrid-resource-account\"\nname = \"new@contoso.example\"\napp-type = \"call-queue\"";
        assert_eq!(unmet(&files, step), [""; 0]);
        let (_, expansion) = expanded(&files, step);
        let Act::CreateAccount { synced, .. } = &expansion.acts[0].act else {
            panic!("{:?}", expansion.acts);
        };
        assert!(synced);
    }

    #[test]
    fn only_numbers_of_the_server_are_taken_over() {
        let step = "change = \"take-numbers-to-the-cloud\"\nusers = [\"ben@contoso.example\"]";
        assert_eq!(acts(&contoso(), step), [""; 0]);
        let allowed = json!({"AllowOnPremToOnlineMigration": true});
        let files = with(
            contoso(),
            "Get-CsPhoneNumberTenantConfiguration.json",
            "Global",
            &allowed,
        );
        let step = step.replace("ben", "cleo");
        assert_eq!(
            acts(&files, &step),
            ["assign-number", "clear-onprem-line-uri"]
        );
        // The line alone tells of it where the inventory does not.
        let mut files = files;
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        assert_eq!(acts(&files, &step).len(), 2);
    }
}
