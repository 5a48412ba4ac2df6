//! What is nobody's secret: the words of Microsoft's product, of the exports and of this program.
//!
//! All else is taken for a secret, whatever it is. Three kinds of words are told apart: those that are public even where
//! an object of the tenant is called so; names of properties and exports, which are public unless one is; and the English
//! of the rules, which is public between values only.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

use super::words::{AROUND, BUILT_IN, CMDLETS, COUNTS, KEYS, PROPERTIES, VALUES};
use crate::rules;
use crate::snapshot::kind::ExportKind;
use crate::snapshot::object_id::parse_guid;
use crate::snapshot::service_plans::{PlanClass, all_plans, all_skus};

type Words = HashSet<String, foldhash::fast::FixedState>;

/// A cmdlet in a rule page.
static CMDLET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[A-Z][a-z]+-(Cs|Mg|Unified)[A-Za-z]+").ok());

/// A date or a moment as RFC 3339 has it, or PowerShell, which leaves out the zone.
static MOMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    let time = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-6][0-9](\.[0-9]{1,7})?)?";
    let zone = " ?(Z|[+-][01][0-9]:[0-5][0-9])";
    Regex::new(&format!("^{day}([Tt ]{time}({zone})?)?$")).ok()
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
    words.extend(listed(COUNTS));
    words.extend(CMDLETS.split_ascii_whitespace().map(fold));
    for kind in ExportKind::ALL {
        words.insert(fold(kind.name()));
        words.insert(fold(kind.command()));
        words.extend(kind.known_properties().map(str::to_owned));
        words.extend(kind.file_hints().iter().map(|hint| fold(hint)));
    }
    for rule in rules::all() {
        words.insert(fold(rule.page.name));
        words.insert(fold(rule.page.code));
        words.insert(fold(rule.page.category));
        if let Some(cmdlet) = CMDLET.as_ref() {
            words.extend(
                cmdlet
                    .find_iter(rule.page.body)
                    .map(|found| fold(found.as_str())),
            );
        }
        // What the pages put between backticks are properties and values of the product, but examples as well.
        for need in rule.page.needs.iter().chain(&rule.page.refines) {
            words.extend(need.properties.iter().map(|property| fold(property)));
        }
    }
    words
});

static PUBLIC_PROPERTIES: LazyLock<Words> = LazyLock::new(|| listed(PROPERTIES));

static COUNT_PROPERTIES: LazyLock<Words> = LazyLock::new(|| listed(COUNTS));

static VALUE_WORDS: LazyLock<Words> = LazyLock::new(|| listed(VALUES));

static KEY_WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = listed(KEYS);
    words.extend(listed(PROPERTIES));
    words.extend(listed(COUNTS));
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
        || value.chars().all(is_sign)
        || is_country(value)
        || BUILT_IN_WORDS.contains(&fold(value))
        || value
            .strip_prefix('+')
            .is_some_and(|digits| digits.len() <= 4 && BUILT_IN_WORDS.contains(digits))
}

/// How exports are made, line by line: the same text for every tenant.
static STEPS: LazyLock<Words> = LazyLock::new(|| {
    let kinds = ExportKind::ALL.iter();
    kinds.flat_map(|kind| kind.steps()).collect()
});

/// Whether a line says how an export is made, and nothing else.
pub(super) fn is_step(line: &str) -> bool {
    STEPS.contains(line)
}

/// Whether a word is a name of the product or of this program, where no object is called so.
pub(super) fn is_known(word: &str) -> bool {
    is_built_in(word) || EXPORT_WORDS.contains(&fold(word)) || rules::find(word).is_some()
}

/// Whether a value of a property may be shown because of what the property is: it is one of the product's own values, a
/// moment, or a count where counts stand. No other word is, however plain it looks.
pub(super) fn is_shown(property: &str, value: &str) -> bool {
    let (property, value) = (fold(property), value.trim());
    if PUBLIC_PROPERTIES.contains(&property) {
        let is_export = property == "kind" && ExportKind::from_manifest(value).is_some();
        return is_built_in(value)
            || VALUE_WORDS.contains(&fold(value))
            || is_moment(value)
            || is_export
            || (COUNT_PROPERTIES.contains(&property) && is_count(value));
    }
    COUNT_PROPERTIES.contains(&property) && (is_built_in(value) || is_count(value))
}

/// Whether a value is a date or a moment.
pub(super) fn is_moment(value: &str) -> bool {
    MOMENT.as_ref().is_some_and(|moment| moment.is_match(value))
}

/// Whether a character is nothing but a sign or a blank. Others may be a name: an emoji is one.
pub(super) fn is_sign(one: char) -> bool {
    one.is_ascii_punctuation() || one.is_whitespace()
}

/// Whether a key of a record is one of the exports' own.
pub(super) fn is_key(key: &str) -> bool {
    KEY_WORDS.contains(&fold(key))
}

/// Whether a word belongs to the English of the rules. Their examples speak of London and Jersey: a word that is never
/// written small is none of theirs, unless it is one of the product or an abbreviation.
pub(super) fn is_english(word: &str) -> bool {
    /// Written large by Microsoft, as in `Operator Connect` and `Enterprise Voice`.
    const LARGE: [&str; 4] = ["Connect", "Enterprise", "Basic", "Pro"];
    let is_common = || {
        let folded = fold(word);
        word == folded
            || ENGLISH.contains(&folded)
            || BUILT_IN_WORDS.contains(&folded)
            || LARGE.contains(&word)
    };
    ENGLISH.contains(word) && (is_common() || !word.contains(char::is_lowercase))
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

/// A count, with a sign where there is none.
fn is_count(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    is_digits(digits) && digits.len() <= 6
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
    fn values_of_public_properties_are_shown_where_they_are_known() {
        for (property, value) in [
            ("Mode", "TeamsOnly"),
            ("RoutingMethod", "RoundRobin"),
            ("SkuPartNumber", "MCOPSTN1"),
            ("UsageLocation", "DE"),
            ("WhenCreated", "2026-09-14T05:30:00Z"),
            ("WhenCreated", "2026-09-14"),
            ("Rank", "30"),
        ] {
            assert!(is_shown(property, value), "{property}: {value}");
        }
        for (property, value) in [
            ("UsageLocation", "Kanariland"),
            ("StateOrProvince", "Bavaria"),
            ("State", "Bavaria"),
            ("NumberType", "Zetavox"),
            ("PstnAssignmentStatus", "Marie"),
            ("NumberType", "471199"),
            ("Rank", "12065550101"),
            ("WhenCreated", "2026-09-14 Marie"),
            ("DisplayName", "RoundRobin"),
        ] {
            assert!(!is_shown(property, value), "{property}: {value}");
        }
    }

    #[test]
    fn a_moment_is_one_from_its_first_to_its_last_character() {
        for value in [
            "2026-09-14",
            "2026-09-14T05:30:00Z",
            "2026-09-14T05:30:00.1234567+02:00",
            "2026-09-14 05:30:00",
        ] {
            assert!(is_moment(value), "{value}");
        }
        for value in [
            "2026-09-14 +491511234567",
            "2026-09-14T491511234567",
            "2026-09-14 ",
            "4915-11-2345",
            "4915-11-23 45:67",
        ] {
            assert!(!is_moment(value), "{value}");
        }
    }

    #[test]
    fn only_whole_steps_are_public() {
        for step in ExportKind::ALL.iter().flat_map(|kind| kind.steps()) {
            assert!(is_step(&step), "{step}");
            assert!(!is_step(&format!("{step} # Zetavox")), "{step}");
        }
        assert!(!is_step(""));
    }

    #[test]
    fn cmdlets_of_remedies_are_known_and_others_are_not() {
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
        let cmdlet = CMDLET.as_ref().expect("a pattern");
        let mut folders = vec![std::path::PathBuf::from(rules)];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a text");
                for found in cmdlet.find_iter(&text) {
                    assert!(is_known(found.as_str()), "{}", found.as_str());
                    seen += 1;
                }
            }
        }
        assert!(seen > 30, "only {seen}");
        for word in ["Get-CsCallQueueZetavox", "Paris-CsMueller", "Get-CsContoso"] {
            assert!(!is_known(word), "{word}");
        }
    }

    #[test]
    fn a_proper_noun_is_no_english_and_an_emoji_no_sign() {
        for word in ["London", "Bristol", "Jersey", "India", "Germany"] {
            assert!(!is_english(word), "{word}");
        }
        for name in ["☎☎", "😀", "–"] {
            assert!(!is_built_in(name), "{name}");
        }
        assert!(is_built_in("-") && is_built_in("`"));
    }
}
