//! Values that tell by their shape what they are: ids, addresses, telephone numbers, hosts, networks.
//!
//! Each gets a pseudonym of its own shape, so that a reader still sees what it is, and of the same parts: two addresses
//! of one domain keep one domain, two numbers of one country their country code.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::key::Key;
use super::public;
use super::vocabulary::fold;
use crate::hexadecimal;
use crate::snapshot::object_id::parse_guid;

/// What stands before a value and says what it is.
const SCHEMES: [&str; 6] = ["tel:", "sip:", "sips:", "smtp:", "mailto:", "tag:"];

/// Domains below which customers have theirs.
const ENDINGS: [&str; 4] = ["onmicrosoft", "example", "invalid", "test"];

/// What something of a shape may look like within a text: ids, addresses, networks, hosts and numbers.
const SHAPES: &str = r#"
        [0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}
        | [^\s`'"<>()\[\],;:=|/\\@]+@[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+
        | (?:[0-9A-Fa-f]{2}[-:]){5}[0-9A-Fa-f]{2}
        | [0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3}
        | [0-9]{1,3}(?:\.[0-9]{1,3}){3}
        | [\p{L}\p{N}_*-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}[\p{L}\p{N}-]*\p{L}
        | -?[0-9]{1,3}\.[0-9]{4,}
        | \+?[0-9]{1,4}(?:[\ .()/-]{1,2}[0-9]{2,}){2,}(?:;ext=[0-9]+)?
        | \+[0-9]{5,}(?:;ext=[0-9]+)?
        | [0-9]{7,}(?:;ext=[0-9]+)?
"#;

/// Where something of a shape may stand.
static WITHIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?x){SHAPES}")).ok());

/// The same at the start of a text only.
static AT_START: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?x)^(?:{SHAPES})")).ok());

/// Bytes of something of a shape at most, where it is looked for at every place of a text.
const MOST_AT_START: usize = 512;

impl Key {
    /// A word for any other word or name.
    pub(super) fn name(&self, name: &str) -> String {
        format!("name-{}", self.word("name", &fold(name)))
    }

    /// The pseudonym of a value that is of one of the shapes as a whole; `None` where it is of none.
    pub(super) fn shaped(&self, value: &str) -> Option<String> {
        let (scheme, bare) = split_scheme(value);
        if scheme.is_empty() {
            return self.bare(value);
        }
        let bare = if public::is_built_in(bare) {
            bare.to_owned()
        } else {
            self.bare(bare).unwrap_or_else(|| self.name(bare))
        };
        Some(format!("{scheme}{bare}"))
    }

    /// The same of a value without a scheme.
    fn bare(&self, value: &str) -> Option<String> {
        if public::is_moment(value) {
            return Some(value.to_owned());
        }
        self.guid(value)
            .or_else(|| self.address(value))
            .or_else(|| self.network(value))
            .or_else(|| self.hardware(value))
            .or_else(|| self.coordinate(value))
            .or_else(|| self.number(value))
            .or_else(|| self.pattern(value))
            .or_else(|| self.host(value))
    }

    /// The first place of a text at which something of a shape stands, and its pseudonym.
    pub(super) fn within(&self, text: &str) -> Option<(std::ops::Range<usize>, String)> {
        let pattern = WITHIN.as_ref()?;
        let mut from = 0;
        while let Some(found) = pattern.find_at(text, from) {
            let range = found.range();
            let stands_alone = !text[..range.start]
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric);
            if stands_alone && let Some(pseudonym) = self.shaped(found.as_str()) {
                return Some((range, pseudonym));
            }
            from = range.end;
        }
        None
    }

    /// Something of a shape at the start of a text: its length and its pseudonym.
    pub(super) fn at_start(&self, text: &str) -> Option<(usize, String)> {
        let text = &text[..text.floor_char_boundary(MOST_AT_START)];
        let found = AT_START.as_ref()?.find(text)?;
        let pseudonym = self.shaped(found.as_str())?;
        Some((found.end(), pseudonym))
    }

    fn guid(&self, value: &str) -> Option<String> {
        // Without dashes it is not told from other texts of hexadecimal digits.
        let id = value
            .contains('-')
            .then(|| value.trim_matches(['{', '}', '(', ')']))
            .filter(|bare| bare.len() == 36)
            .and_then(parse_guid)?;
        if public::is_public_id(id) {
            return Some(value.to_owned());
        }
        let mac = hexadecimal::text_of(&self.mac("id", &id.to_be_bytes()));
        // Version and variant say that it is a random one.
        let new = format!(
            "{}-{}-4{}-8{}-{}",
            &mac[..8],
            &mac[8..12],
            &mac[12..15],
            &mac[15..18],
            &mac[18..30]
        );
        let start = value.len() - value.trim_start_matches(['{', '(']).len();
        let end = start + 36;
        Some(format!("{}{new}{}", &value[..start], value.get(end..)?))
    }

    fn address(&self, value: &str) -> Option<String> {
        let (local, host) = value.rsplit_once('@')?;
        let is_host = host.contains('.')
            && host
                .chars()
                .all(|one| one.is_alphanumeric() || matches!(one, '.' | '-' | '_'));
        if local.is_empty() || !is_host || local.contains(char::is_whitespace) {
            return None;
        }
        let host = self.host(host).unwrap_or_else(|| self.name(host));
        Some(format!("{}@{host}", self.name(local)))
    }

    fn host(&self, value: &str) -> Option<String> {
        let labels: Vec<&str> = value.split('.').collect();
        let is_label = |label: &&str| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | '*'))
        };
        let (last, rest) = labels.split_last()?;
        if rest.is_empty()
            || !labels.iter().all(is_label)
            || !last.chars().all(|one| one.is_alphabetic() || one == '-')
        {
            return None;
        }
        let is_file = public::is_file_ending(last);
        let are_known = rest.iter().all(|label| public::is_known(label));
        if public::is_public_host(value) || (are_known && (is_file || public::is_known(last))) {
            return Some(value.to_owned());
        }
        if is_file {
            let stem = &value[..value.len() - last.len() - 1];
            return Some(format!("{}.{last}", self.stem(stem)));
        }
        let mut host = String::new();
        for label in rest {
            let _ = match *label {
                "*" => write!(host, "*."),
                label if ENDINGS.contains(&fold(label).as_str()) => write!(host, "{label}."),
                label => write!(host, "{}.", self.name(label)),
            };
        }
        // A long ending may be a customer's own.
        let is_common = last.len() == 2
            || public::is_common_ending(last)
            || ENDINGS.contains(&fold(last).as_str());
        host.push_str(&if is_common {
            (*last).to_owned()
        } else {
            self.name(last)
        });
        Some(host)
    }

    /// The name of a file without its ending.
    pub(super) fn stem(&self, stem: &str) -> String {
        if public::is_known(stem) {
            stem.to_owned()
        } else {
            self.name(stem)
        }
    }
}

fn split_scheme(value: &str) -> (&str, &str) {
    let scheme = SCHEMES.iter().find(|scheme| {
        let start = value.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    value.split_at(scheme.map_or(0, |scheme| scheme.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new(b"0123456789abcdef").expect("it is long enough")
    }

    #[test]
    fn every_shape_keeps_its_shape() {
        let key = key();
        for (value, shape) in [
            (
                "4369505f-8386-4c1d-bb68-8306c427636d",
                r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$",
            ),
            (
                "{4369505F-8386-4C1D-BB68-8306C427636D}",
                r"^\{[0-9a-f-]{36}\}$",
            ),
            (
                "marie@contoso.example",
                r"^name-[0-9a-f]{12}@name-[0-9a-f]{12}\.example$",
            ),
            (
                "sip:marie@contoso.onmicrosoft.com",
                r"^sip:name-[0-9a-f]{12}@name-[0-9a-f]{12}\.onmicrosoft\.com$",
            ),
            (
                "a_x.com#EXT#@contoso.de",
                r"^name-[0-9a-f]{12}@name-[0-9a-f]{12}\.de$",
            ),
            (
                "sbc1.contoso.example",
                r"^name-[0-9a-f]{12}\.name-[0-9a-f]{12}\.example$",
            ),
            (
                "sbc.contoso.contosobrand",
                r"^name-[0-9a-f]{12}\.name-[0-9a-f]{12}\.name-[0-9a-f]{12}$",
            ),
            ("+14255550100", r"^\+1[0-9]{10}$"),
            (
                "tel:+493023125200;ext=4711",
                r"^tel:\+49[0-9]{10};ext=[0-9]{4}$",
            ),
            ("+44 20 7946 0001", r"^\+44 [0-9]{2} [0-9]{4} [0-9]{4}$"),
            ("353 1 555 0100", r"^353 [0-9] [0-9]{3} [0-9]{4}$"),
            ("47.60621", r"^[0-9]{2}\.[0-9]{5}$"),
            ("-122.3351712", r"^-[0-9]{3}\.[0-9]{7}$"),
            (
                "+47.60621-122.33517/",
                r"^\+[0-9]{2}\.[0-9]{5}-[0-9]{3}\.[0-9]{5}/$",
            ),
            ("10.20.2.0/24", r"^10\.[0-9]+\.[0-9]+\.0/24$"),
            (
                "172.20.1.1",
                r"^172\.(1[6-9]|2[0-9]|3[01])\.[0-9]+\.[0-9]+$",
            ),
            ("00-1A-2b-3c-4d-5e", r"^([0-9a-f]{2}-){5}[0-9a-f]{2}$"),
            ("Tag:FR-Paris", r"^Tag:name-[0-9a-f]{12}$"),
        ] {
            let new = key
                .shaped(value)
                .unwrap_or_else(|| panic!("{value} has no shape"));
            let shape = Regex::new(shape).expect("a pattern");
            assert!(shape.is_match(&new), "{value} became {new}");
            assert_ne!(new.to_lowercase(), value.to_lowercase());
        }
        for value in [
            "+14255550100;phone-context=contoso",
            "+14255550100x Marie",
            "Lobby",
            "Lobby Berlin",
            "",
            "a@b",
            "Müller & Söhne",
            "12",
            "1.5",
            "e.g.",
        ] {
            assert_eq!(key.shaped(value), None, "{value}");
        }
    }

    #[test]
    fn one_thing_has_one_pseudonym_however_it_is_spelled() {
        let key = key();
        let digits = |text: &str| {
            let new = key
                .shaped(text)
                .unwrap_or_else(|| panic!("{text} has no shape"));
            new.chars().filter(char::is_ascii_digit).collect::<String>()
        };
        let plain = digits("+14255550100");
        for spelled in [
            "14255550100",
            "tel:+14255550100",
            "+1 (425) 555-0100",
            "1.425.555.0100",
            "=\"+14255550100\"",
        ] {
            assert_eq!(digits(spelled), plain, "{spelled}");
        }
        assert_eq!(digits("+14255550100;ext=12")[..11], plain);
        assert_eq!(
            key.shaped("Marie@Contoso.example"),
            key.shaped("marie@contoso.example")
        );
        let host = key.shaped("contoso.example").expect("a host");
        assert!(
            key.shaped("marie@contoso.example")
                .expect("an address")
                .ends_with(&host)
        );
        assert!(
            key.shaped("sbc1.contoso.example")
                .expect("a host")
                .ends_with(&host)
        );
        let id = key
            .shaped("4369505f-8386-4c1d-bb68-8306c427636d")
            .expect("an id");
        assert_eq!(
            key.shaped("{4369505F-8386-4C1D-BB68-8306C427636D}"),
            Some(format!("{{{id}}}"))
        );
    }

    #[test]
    fn what_microsoft_gave_is_kept() {
        let key = key();
        for value in [
            "11cd3e2e-fccb-42ad-ad00-878b93575e07",
            "sipfed.online.lync.com",
            "learn.microsoft.com",
            "Get-CsOnlineUser.json",
            "2026-09-14T05:30:00Z",
            r"^\+33[1-9]\d{8}$",
            r"^\+?911$",
            r"^(911|933)$",
            "Tag:Global",
        ] {
            assert_eq!(key.shaped(value).as_deref(), Some(value), "{value}");
        }
        for value in [
            r"^\+1425555\d{4}$",
            r"^\+1(425|206)\d{7}$",
            r"^\+1[4][2][5]\d{7}$",
        ] {
            assert!(
                key.shaped(value)
                    .is_some_and(|new| new.starts_with("name-")),
                "{value}"
            );
        }
    }

    #[test]
    fn shapes_are_found_within_a_text() {
        let key = key();
        let found = |text: &'static str| key.within(text).map(|(range, _)| &text[range]);
        assert_eq!(
            found("only these: +442079460352, of two"),
            Some("+442079460352")
        );
        assert_eq!(
            found("(call marie@contoso.example.)"),
            Some("marie@contoso.example")
        );
        assert_eq!(found("from 10.0.0.7 on"), Some("10.0.0.7"));
        assert_eq!(found("at -122.3351712, or"), Some("-122.3351712"));
        assert_eq!(
            found("it is +1 425 555 0100 there"),
            Some("+1 425 555 0100")
        );
        assert_eq!(
            found("over sbc1.contoso.example:5061"),
            Some("sbc1.contoso.example")
        );
        for text in [
            "24 hours, 1,234 users and 30 days",
            "e.g. this",
            "at 12:30:45 or so",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
