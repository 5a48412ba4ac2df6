//! Properties that have a documented list of values: any other value is worth a word.

/// The documented value that a value of a property is; `None` where it is no such value, or there is no list of them.
pub(crate) fn documented(property: &str, value: &str) -> Option<&'static str> {
    word_of(value, known_values(property)?)
}

/// The documented values of a property, for those that have a list of them.
///
/// Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>,
/// <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>,
/// <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineliscivicaddress>,
/// <https://learn.microsoft.com/powershell/module/microsoftteams/get-csteamsupgradepolicy>.
pub(super) fn known_values(property: &str) -> Option<&'static [&'static str]> {
    Some(match property {
        "ActivationState" => &[
            "Activated",
            "AssignmentPending",
            "AssignmentFailed",
            "UpdatePending",
            "UpdateFailed",
        ],
        "NumberType" => &[
            "DirectRouting",
            "CallingPlan",
            "OperatorConnect",
            "OCMobile",
        ],
        "PstnAssignmentStatus" => &[
            "Unassigned",
            "UserAssigned",
            "ConferenceAssigned",
            "VoiceApplicationAssigned",
            "ThirdPartyAppAssigned",
            "PolicyAssigned",
        ],
        "AssignmentCategory" => &["Primary", "Private", "Alternate"],
        "AssignmentBlockedState" => &["NotBlocked", "BlockedForever", "BlockedUntil"],
        "ValidationStatus" => &["Validated", "Valid", "NotValidated", "Invalid"],
        "NumberSource" => &["Online", "OnPremises"],
        "AccountType" => &[
            "User",
            "ResourceAccount",
            "Guest",
            "SfBOnPremUser",
            "IneligibleUser",
            "Unknown",
        ],
        // Of an account, and of an upgrade policy.
        "TeamsUpgradeEffectiveMode" | "Mode" => &[
            "TeamsOnly",
            "Islands",
            "SfBOnly",
            "SfBWithTeamsCollab",
            "SfBWithTeamsCollabAndMeetings",
        ],
        _ => return None,
    })
}

/// The one of some words that a text is, compared without case, blanks and hyphens.
pub(super) fn word_of(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let among = |text: &str| {
        let mut words = words.iter().copied();
        words.find(|word| word.eq_ignore_ascii_case(text))
    };
    let close = || {
        text.contains([' ', '-'])
            .then(|| text.replace([' ', '-'], ""))
    };
    among(text).or_else(|| among(&close()?))
}
