//! Number patterns of voice routes: a line with the pattern, and behind it a line for each thing that is dialled.

use tenantlint::tenant::route_pattern::RoutePattern;

/// Holds that the answers about a pattern agree with each other, and those about a plain one with `regex`.
pub fn hold(data: &[u8]) {
    let (pattern, dialled) = super::halves(data);
    let text = String::from_utf8_lossy(pattern);
    let dialled = String::from_utf8_lossy(dialled);
    let pattern = RoutePattern::compile(&text);
    let judge = plain(&text);
    if judge.is_some() {
        assert!(pattern.is_understood(), "{text:?} is plain");
    }
    let prefixes = ["1425".to_owned(), "9".to_owned(), "44".to_owned()];
    let (short, within) = (pattern.only_shorter_than(7), pattern.only_within(&prefixes));
    for number in dialled.split('\n').take(16) {
        let matches = pattern.matches(number);
        assert!(pattern.is_understood() || matches.is_none(), "{text:?}");
        if let Some(judge) = judge.as_ref().filter(|_| number.is_ascii()) {
            assert_eq!(
                matches,
                Some(judge.is_match(number)),
                "{text:?} on {number:?}"
            );
        }
        if matches != Some(true) {
            continue;
        }
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        assert!(short != Some(true) || digits < 7, "{text:?} on {number:?}");
        let behind = number.strip_prefix('+').unwrap_or(number);
        let is_within = prefixes
            .iter()
            .any(|prefix| behind.starts_with(prefix.as_str()));
        assert!(within != Some(true) || is_within, "{text:?} on {number:?}");
    }
    if let Some(example) = pattern.example(&["+14255550100", "112"]) {
        assert_eq!(
            pattern.matches(&example),
            Some(true),
            "{text:?} on {example:?}"
        );
        assert!(example.len() < 1_000, "{text:?}: {example}");
    }
}

/// The pattern as `regex` reads it, where that is what .NET reads: of a few signs only, and short.
fn plain(text: &str) -> Option<regex::Regex> {
    let is_plain = |c: char| c.is_ascii_digit() || "+*?|()[]^$\\d".contains(c);
    // `(?` begins what the two read apart, a class holds signs, and a sign may be doubled that makes a repeat lazy.
    let odd = [
        "(?", "[", "**", "*+", "*?", "++", "+*", "+?", "??", "?*", "?+", "^*", "^+", "^?", "$*",
        "$+", "$?",
    ];
    let is_odd = odd.iter().any(|odd| text.contains(odd)) || text.len() > 60;
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if !matches!(signs.next(), Some('d' | '+')) => return None,
            'd' => return None,
            sign if !is_plain(sign) || sign == ']' => return None,
            _ => {}
        }
    }
    if is_odd {
        return None;
    }
    let text = text.replace("\\d", "[0-9]");
    regex::RegexBuilder::new(&text)
        .size_limit(1 << 18)
        .build()
        .ok()
}
