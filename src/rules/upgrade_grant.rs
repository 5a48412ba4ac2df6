//! What to type so that an account gets the coexistence mode Teams Only.

use super::Cx;
use crate::finding::powershell::quoted;
use crate::tenant::User;

/// Grants Teams Only to an account, with a word before it where the service keeps the setting from administrators.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/grant-csteamsupgradepolicy>.
pub(super) fn teams_only(user: &User, cx: &Cx) -> impl Iterator<Item = String> {
    let reason = user.upgrade_read_only.get();
    let reason = reason.map(|reason| cx.tenant.snapshot.texts.symbol(reason));
    let is_kept = |reason: &&str| {
        !reason.eq_ignore_ascii_case("None") && !reason.eq_ignore_ascii_case("False")
    };
    let note = reason.filter(is_kept).map(|reason| {
        format!(
            "# TeamsUpgradePolicyIsReadOnly is {}: the service keeps this setting from you; ask support if the command is refused",
            quoted(reason)
        )
    });
    let grant = format!(
        "Grant-CsTeamsUpgradePolicy -Identity {} -PolicyName UpgradeToTeams",
        quoted(&cx.tenant.user_identity(user))
    );
    note.into_iter().chain([grant])
}
