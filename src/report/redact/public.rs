//! What is nobody's secret: the words of Microsoft's product, of the exports and of this program.
//!
//! All else is taken for a secret, whatever it is. Three kinds of words are told apart: those that are public even where
//! an object of the tenant is called so; names of properties and exports, which are public unless one is; and the English
//! of the rules, which is public between values only.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

use crate::rules;
use crate::snapshot::kind::ExportKind;
use crate::snapshot::object_id::parse_guid;
use crate::snapshot::service_plans::{PlanClass, all_plans, all_skus};

type Words = HashSet<String, foldhash::fast::FixedState>;

/// Names and values of Microsoft's product, which say nothing about a tenant; lower-cased.
const BUILT_IN: &str = "
    global tag default none null true false yes no tenant host unknown unnamed set
    microsoft teams skype entra graph powershell azure active directory office
    users groups exports sfb pstn sip tls e164 mcopstn mcoev mcocap gov smb
    directrouting callingplan operatorconnect ocmobile
    unassigned userassigned conferenceassigned voiceapplicationassigned thirdpartyappassigned policyassigned
    primary private alternate online onpremises inprogress completed complete reserved expired released cancelled
    activated assignmentpending assignmentfailed updatepending updatefailed
    user resourceaccount guest sfbonpremuser ineligibleuser
    teamsonly islands sfbonly sfbwithteamscollab sfbwithteamscollabandmeetings upgradetoteams islandswithnotify
    sfbwithteamscollabwithnotify sfbwithteamscollabandmeetingswithnotify sfbonlywithnotify
    allowcalling disallowcalling allowcallingpreventtollbypass allowcallingpreventforwardingtophone
    userassignment voiceapplicationassignment conferenceassignment firstpartyappassignment thirdpartyappassignment
    onlinevoiceroutingpolicy tenantdialplan teamscallingpolicy teamsupgradepolicy teamsemergencycallroutingpolicy
    teamsemergencycallingpolicy teamssharedcallingroutingpolicy teamscarrieremergencycallroutingpolicy
    callinglineidentity teamsvoiceapplicationspolicy onlineaudioconferencingroutingpolicy teamsmeetingpolicy
    autoattendant callqueue applicationendpoint configurationendpoint externalpstn voicemail sharedvoicemail
    singletarget mydelegates group immediate simultaneous announcement
    alwaysenabled alwaysdisabled useroverride enabled disabled warning suspended deleted
    resource lineuri anonymous notblocked blockedforever blockeduntil skipinternalvoip
    validated notvalidated notificationonly conferencemuted conferenceunmuted
    active inactive removed failed pending error success outofstock countviolation mutuallyexclusiveviolation
    toll tollfree conferencing mobile calling direct subscriber service
    sipfed.online.lync.com webdir.online.lync.com sipdir.online.lync.com
    public admin graph.microsoft.com admin.teams.microsoft.com learn.microsoft.com
    fallback lookup inventory tenantlint
";

/// Words around values within backticks and quotes: of cmdlets, and what a subject is called by.
const AROUND: &str = "
    of with and or to by in on at the a an is for from not
    subnet switch port access point site group member tenant account number numbers policy usage route gateway
    how are treated federation mask grace stopped in direct by through unnamed
    depth skip top first
    identity policyname add remove get new grant update move sync start stop export import register unregister restore
    where select object like match eq foreach
";

/// Properties whose values may be shown as long as they are plain words, dates or counts; lower-cased.
const PROPERTIES: &str = "
    numbertype pstnassignmentstatus assignmentcategory activationstate capability capabilitystatus provisioningstatus
    isocountrycode countryorregion countryabbreviation countrylettercode usagelocation consentedcountries countries
    teamsupgradeeffectivemode teamsupgradepolicyisreadonly mode interpretedusertype accounttype usertype hostingprovider
    skupartnumber serviceplanname appliesto featuretypes numbersource portinorderstatus assignmentblockedstate
    reversenumberlookup configurationtype targettype type policytype authority assignmenttype validationstatus status
    forwardingtype forwardingtargettype unansweredtargettype notificationmode externallocationlookupmode allowvoicemail
    callingidsubstitute errorcode error routetype routingmethod overflowaction timeoutaction noagentaction action
    dtmfresponse kind cloud services state
    rank priority consumedunits prepaidunits enabled warning suspended maskbits records assignmentblockeddays failurecount
    sipsignalingport failovertimeseconds maxconcurrentsessions agentalerttime overflowthreshold timeoutthreshold
    numberoftelephonenumbers numberofvoiceusers
    whencreated whenchanged softdeletiontimestamp deleteddatetime createddatetime exportedat statussince consentedon
    lastmodifiedon datatransferacceptedon assignmentblockeduntil reservationexpirydate lastsynctimestamp
    assignedtimestamp expires emergencydialstring emergencydialmask
    authenticationtype isadminmanaged isverified
";

/// Further keys within records that are no property of a kind; lower-cased.
const KEYS: &str = "
    name id authority telephonenumber assignmentcategory capability capabilitystatus assignedtimestamp serviceplanid
    serviceplanname skuid skupartnumber assignedbygroup disabledplans policytype policyassignment displayname assignmenttype
    policyid groupid menu menuoptions calltarget type value number isshared errordescription emergencydialstring
    emergencydialmask onlinepstnusage pattern translation kind file complete records exportedat email
    @odata.count @odata.nextlink @odata.context @odata.type count
    rule subject user operator reason owner max-matches fail-on profile select ignore severity exceptions rules
";

/// Cmdlets that a remedy may name.
static CMDLET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^[A-Z][a-z]+-(Cs|Mg|Unified)[A-Za-z]+$").ok());

/// A value of a public property that is shown as it is: one word, or a moment.
static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^([A-Za-z][A-Za-z_]{0,40}[0-9]{0,2}|-?[0-9]{1,6}|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]*Z?)?)$").ok()
});

static BUILT_IN_WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = listed(BUILT_IN);
    for plan in all_plans() {
        words.insert(fold(plan.name));
    }
    for sku in all_skus() {
        words.insert(fold(sku.part_number));
        words.insert(fold(sku.product));
    }
    words.extend(PlanClass::ALL.iter().map(|class| fold(class.words())));
    // The department that Skype for Business Server gives to its resource accounts.
    words.insert("microsoft communication application instance".to_owned());
    let numbers = include_str!("../../../data/emergency-numbers.csv");
    for word in numbers.split([',', ';', '\n']).map(str::trim) {
        if is_digits(word) {
            words.insert(word.to_owned());
        }
    }
    words
});

static EXPORT_WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = listed(AROUND);
    words.extend(listed(KEYS));
    words.extend(listed(PROPERTIES));
    for kind in ExportKind::ALL {
        words.insert(fold(kind.name()));
        words.extend(kind.known_properties().map(str::to_owned));
        words.extend(kind.file_hints().iter().map(|hint| fold(hint)));
    }
    for rule in rules::all() {
        words.insert(fold(rule.page.name));
        words.insert(fold(rule.page.code));
        words.insert(fold(rule.page.category));
        // What the pages put between backticks are properties and values of the product, but examples as well.
        for need in rule.page.needs.iter().chain(&rule.page.refines) {
            words.extend(need.properties.iter().map(|property| fold(property)));
        }
    }
    words
});

static PUBLIC_PROPERTIES: LazyLock<Words> = LazyLock::new(|| listed(PROPERTIES));

static KEY_WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = listed(KEYS);
    words.extend(listed(PROPERTIES));
    for kind in ExportKind::ALL {
        words.extend(kind.known_properties().map(str::to_owned));
    }
    words
});

/// The words of the rule pages, as spelled there, without examples and values.
static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    for rule in rules::all() {
        let mut in_fence = false;
        for line in [rule.page.title].into_iter().chain(rule.page.body.lines()) {
            if line.trim_start().starts_with("```") {
                in_fence = !in_fence;
                continue;
            }
            if in_fence {
                continue;
            }
            let prose = line.split('`').step_by(2);
            for word in prose.flat_map(|part| part.split(|c: char| !c.is_alphabetic())) {
                words.insert(word.to_owned());
            }
        }
    }
    words
});

/// Whether a value is public even where an object of the tenant is called so.
pub(super) fn is_built_in(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || !value.chars().any(char::is_alphanumeric)
        || is_country(value)
        || BUILT_IN_WORDS.contains(&fold(value))
        || value
            .strip_prefix('+')
            .is_some_and(|digits| digits.len() <= 4 && BUILT_IN_WORDS.contains(digits))
}

/// Whether a word is a name of the product or of this program, where no object is called so.
pub(super) fn is_known(word: &str) -> bool {
    is_built_in(word)
        || EXPORT_WORDS.contains(&fold(word))
        || CMDLET.as_ref().is_some_and(|cmdlet| cmdlet.is_match(word))
        || rules::find(word).is_some()
}

/// Whether values of a property may be shown.
pub(super) fn is_public_property(property: &str) -> bool {
    PUBLIC_PROPERTIES.contains(&fold(property))
}

/// Whether a value of such a property is no more than a word, a count or a moment.
pub(super) fn is_plain(value: &str) -> bool {
    PLAIN.as_ref().is_some_and(|plain| plain.is_match(value))
}

/// Whether a key of a record is one of the exports' own.
pub(super) fn is_key(key: &str) -> bool {
    KEY_WORDS.contains(&fold(key))
}

/// Whether a word belongs to the English of the rules.
pub(super) fn is_english(word: &str) -> bool {
    ENGLISH.contains(word)
}

/// Whether an id is the same in every tenant: of a product, of a plan, of Microsoft's own apps.
pub(super) fn is_public_id(id: u128) -> bool {
    /// Of auto attendants and of call queues.
    const APPLICATIONS: [&str; 2] = [
        "ce933385-9390-45d1-9512-c8d228074e07",
        "11cd3e2e-fccb-42ad-ad00-878b93575e07",
    ];
    id == 0
        || all_plans().any(|plan| plan.id == id)
        || all_skus().any(|sku| sku.id == id)
        || APPLICATIONS
            .iter()
            .any(|known| parse_guid(known) == Some(id))
}

/// Whether a host is Microsoft's, or no host but a type of its libraries.
pub(super) fn is_public_host(host: &str) -> bool {
    let is_type = || {
        let last = host.rsplit('.').next().unwrap_or_default();
        let first = host.split('.').next().unwrap_or_default();
        matches!(first, "System" | "Microsoft" | "Deserialized")
            && last.starts_with(|one: char| one.is_ascii_uppercase())
    };
    let folded = host.to_ascii_lowercase();
    BUILT_IN_WORDS.contains(&folded) || folded.ends_with(".microsoft.com") || is_type()
}

/// Whether a name ends so because of what is in the file.
pub(super) fn is_file_ending(ending: &str) -> bool {
    let endings = "json jsonl ndjson csv tsv txt zip gz zst toml xlsx";
    endings
        .split(' ')
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether domains of many owners end so.
pub(super) fn is_common_ending(ending: &str) -> bool {
    let endings = "com net org info local internal lan gov edu mil int";
    endings
        .split(' ')
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// A code of a country in capitals.
fn is_country(value: &str) -> bool {
    value.len() == 2
        && value.bytes().all(|byte| byte.is_ascii_uppercase())
        && phonenumber::country::Id::from_str(value).is_ok()
}

/// Whether a text is digits and nothing else.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn listed(words: &str) -> Words {
    words.split_ascii_whitespace().map(str::to_owned).collect()
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_product_are_public() {
        for word in [
            "Global",
            "TeamsOnly",
            "DE",
            "911",
            "+112",
            "PHONESYSTEM_VIRTUALUSER",
            "Microsoft 365 E5",
            "+",
            "",
        ] {
            assert!(is_built_in(word), "{word}");
        }
        for word in [
            "UserPrincipalName",
            "Get-CsOnlineUser",
            "OC001",
            "stale-pstn-usage",
            "Grant-CsTeamsCallingPolicy",
        ] {
            assert!(is_known(word) && !is_built_in(word), "{word}");
        }
        for word in ["Lobby", "de", "4711", "Contoso", "FR-Paris", "Get-Marie"] {
            assert!(!is_known(word), "{word}");
        }
    }

    #[test]
    fn the_english_of_the_rules_is_known_and_its_examples_are_not() {
        assert!(is_english("number") && is_english("is") && is_english("Direct"));
        assert!(!is_english("contoso") && !is_english("Contoso") && !is_english("marie"));
    }

    #[test]
    fn only_plain_values_of_public_properties_are_shown() {
        for value in [
            "TeamsOnly",
            "MCOPSTN1",
            "2026-09-14T05:30:00Z",
            "2026-09-14",
            "30",
        ] {
            assert!(is_plain(value), "{value}");
        }
        for value in [
            "+12065550101",
            "12065550101",
            "a b",
            "marie@contoso.example",
            "2026-09-14 Marie",
        ] {
            assert!(!is_plain(value), "{value}");
        }
    }
}
