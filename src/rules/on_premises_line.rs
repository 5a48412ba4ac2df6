//! How an account gets rid of an on-premises line URI: people and resource accounts, synchronized or not.

use crate::finding::Remedy;
use crate::finding::powershell::quoted;
use crate::snapshot::{Field, PhoneNumber};
use crate::tenant::{Number, User};

/// What to type to clear the on-premises line URI of an account that holds these numbers.
///
/// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
/// <https://learn.microsoft.com/skypeforbusiness/hybrid/configure-onprem-ra>.
pub(super) fn remedy(
    user: &User,
    identity: &str,
    is_resource_account: bool,
    line: &str,
    held: &[&Number],
) -> Remedy {
    let id = quoted(identity);
    if matches!(user.dir_synced, Field::Value(false) | Field::Null) {
        return of_cloud_account(&id, PhoneNumber::parse(line), held);
    }
    Remedy {
        summary: "clear the line URI where it comes from, and let the directory synchronize".into(),
        commands: cleared(&id, is_resource_account),
    }
}

/// Clears the line URI of an account, which stands quoted here, where the on-premises directory manages it.
///
/// Source: <https://learn.microsoft.com/skypeforbusiness/hybrid/configure-onprem-ra>.
pub(super) fn cleared(id: &str, is_resource_account: bool) -> Vec<String> {
    let cmdlet = cmdlet(is_resource_account);
    vec![
        "# in the Skype for Business Server shell, or clear msRTCSIP-Line in Active Directory:"
            .to_owned(),
        format!("{cmdlet} -Identity {id} -LineURI $null"),
        "Start-ADSyncSyncCycle".to_owned(),
        format!(
            "# then wait until OnPremLineUri is blank: Get-CsOnlineUser -Identity {id} | Select-Object LineUri, OnPremLineUri"
        ),
    ]
}

/// Has the right line URI of an account, which stands quoted here, set where the on-premises directory manages it: which one
/// is right, the reader knows.
///
/// Source: <https://learn.microsoft.com/skypeforbusiness/hybrid/configure-onprem-ra>.
pub(super) fn set_right(id: &str, is_resource_account: bool) -> Vec<String> {
    let cmdlet = cmdlet(is_resource_account);
    vec![
        format!(
            "# the on-premises directory manages the number: set it in the Skype for Business Server shell, or msRTCSIP-Line in Active Directory: {cmdlet} -Identity {id} -LineURI <line URI>"
        ),
        "Start-ADSyncSyncCycle".to_owned(),
        format!(
            "# then wait until both cmdlets show it: Get-CsOnlineUser -Identity {id} | Select-Object LineUri, OnPremLineUri"
        ),
    ]
}

/// What sets the line URI of an account on a server.
fn cmdlet(is_resource_account: bool) -> &'static str {
    if is_resource_account {
        "Set-CsHybridApplicationEndpoint"
    } else {
        "Set-CsUser"
    }
}

/// No server writes the property of such an account: it is left from a number that was set in the old way.
fn of_cloud_account(id: &str, line: Option<PhoneNumber>, held: &[&Number]) -> Remedy {
    let own = |line: PhoneNumber| held.iter().any(|number| number.key == line);
    let commands = match line.filter(|line| !own(*line)) {
        // Of all numbers of the account only this one goes.
        Some(line) => vec![
            "# the account is not synchronized: take the old Direct Routing number off".to_owned(),
            format!(
                "Remove-CsPhoneNumberAssignment -Identity {id} -PhoneNumber {} -PhoneNumberType DirectRouting",
                quoted(&line.to_string())
            ),
        ],
        // To take that off would take away the number in use.
        None => vec![
            "# the account is not synchronized, and the number in use has to stay: ask Microsoft support to clear the property".to_owned(),
        ],
    };
    Remedy {
        summary: "take the old number off, and leave the one in use".into(),
        commands,
    }
}
