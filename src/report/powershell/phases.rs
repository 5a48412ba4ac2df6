//! In which order changes are made, decided by the cmdlets that make them.

/// When a change is made. The order is that in which nothing is lost on the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Phase {
    /// Deleted accounts come back: whatever else is done to them needs them.
    Accounts,
    /// Usage locations: no license can be assigned without one.
    UsageLocation,
    /// Licenses that are added or swapped: a number needs them.
    Licenses,
    /// Policies and settings: a call goes by them from the first minute of a number.
    Policies,
    /// References are put elsewhere: a number is not to lead to nothing, and what is deleted is not to be referred to.
    References,
    /// Numbers are taken off: somebody else may wait for them, and a license that goes takes its number along.
    NumbersBack,
    /// Numbers are assigned.
    Numbers,
    /// Licenses are taken away, once no number hangs on them.
    LicensesAway,
    /// Deletions, which cannot be taken back.
    Deletions,
}

impl Phase {
    /// Phases of one stage are not parted within a remedy: to take a number off and to assign it again is one change,
    /// and nobody is to be without number while others are served.
    pub(super) fn stage(self) -> u8 {
        match self {
            Self::Accounts => 0,
            Self::UsageLocation | Self::Licenses | Self::Policies => 1,
            Self::References | Self::NumbersBack | Self::Numbers => 2,
            Self::LicensesAway => 3,
            Self::Deletions => 4,
        }
    }
}

/// What a command is for in a remedy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// It changes something.
    Change(Phase),
    /// It looks something up.
    Look,
    /// It is typed in another shell, which the text names.
    Elsewhere(&'static str),
}

/// What a cmdlet is for in that line; `None` where nobody has said it here, so that no script may run it.
pub(super) fn role(cmdlet: &str, line: &str) -> Option<Role> {
    let phase = match cmdlet {
        "Restore-MgDirectoryDeletedItem" => Phase::Accounts,
        "Update-MgUser" if line.contains("-UsageLocation") => Phase::UsageLocation,
        // To block the sign-in of a resource account stops no call.
        "Update-MgUser" if line.contains("-AccountEnabled") => Phase::Policies,
        // What adds nothing takes away; a swap in one update keeps the number.
        "Set-MgUserLicense" if line.contains("-AddLicenses @()") => Phase::LicensesAway,
        // The second one assigns again what a group could not.
        "Set-MgUserLicense" | "Invoke-MgLicenseUser" => Phase::Licenses,
        // A usage that goes is gone from all policies and routes.
        "Set-CsOnlinePstnUsage" if line.contains("@{Remove=") => Phase::Deletions,
        "Grant-CsOnlineVoiceRoutingPolicy"
        | "Grant-CsTeamsCallingPolicy"
        | "Grant-CsTeamsEmergencyCallRoutingPolicy"
        | "Grant-CsTeamsSurvivableBranchAppliancePolicy"
        | "Grant-CsTeamsUpgradePolicy"
        | "Grant-CsTenantDialPlan"
        | "Remove-CsGroupPolicyAssignment"
        | "Set-CsOnlineLisCivicAddress"
        | "Set-CsOnlinePSTNGateway"
        | "Set-CsOnlineVoiceRoute"
        | "Set-CsOnlineVoiceRoutingPolicy"
        | "Set-CsPhoneNumberPolicyAssignment"
        | "Set-CsPhoneNumberTenantConfiguration"
        | "Set-CsTeamsCallingPolicy"
        // An emergency number leaves the policy before it leaves its holder.
        | "Set-CsTeamsSharedCallingRoutingPolicy" => Phase::Policies,
        "New-CsOnlineApplicationInstanceAssociation"
        | "Remove-CsOnlineApplicationInstanceAssociation"
        | "Set-CsOnlineApplicationInstance" => Phase::References,
        // A block, or a bridge, keeps a number from whoever is to have it.
        "Remove-CsPhoneNumberAssignment"
        | "Remove-CsPhoneNumberAssignmentBlock"
        | "Unregister-CsOnlineDialInConferencingServiceNumber" => Phase::NumbersBack,
        // The second one brings a number that was assigned to where calls are routed.
        "Set-CsPhoneNumberAssignment" | "Sync-CsOnlineApplicationInstance" => Phase::Numbers,
        "Remove-CsTenantTrustedIPAddress"
        | "Remove-MgUser"
        // The tie to the servers is cut when nothing needs it any more.
        | "Set-CsTenantFederationConfiguration" => Phase::Deletions,
        "Move-CsUser" | "Set-CsHybridApplicationEndpoint" | "Set-CsUser" => {
            return Some(Role::Elsewhere("in the Skype for Business Server shell: "));
        }
        "Start-ADSyncSyncCycle" => {
            return Some(Role::Elsewhere("on the server that synchronizes the directory: "));
        }
        "Where-Object" | "Select-Object" | "ConvertTo-Json" => return Some(Role::Look),
        other if other.starts_with("Get-") => return Some(Role::Look),
        _ => return None,
    };
    Some(Role::Change(phase))
}
