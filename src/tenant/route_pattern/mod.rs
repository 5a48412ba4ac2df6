//! The number pattern of a Direct Routing voice route.
//!
//! Microsoft evaluates it as a .NET regular expression, and no engine for Rust is that. So the
//! pattern is first read as .NET reads it and written out again in a form that means the same to
//! the engines used here; where that cannot be done, the pattern is *not understood* and every
//! question about it is answered "not known". That is not a verdict: such a pattern may well be
//! right, and nobody should be told that it is wrong.
//!
//! Three things make the two dialects agree more than they do in general: what is dialled is ASCII
//! (so `\d` and `\w` need no Unicode), it holds no line break (so `$`, `\Z` and `\z` are one), and
//! only "does it match" is asked, never what a group caught.
//!
//! Patterns come from a file that anybody may have written. Length, nesting, compiled size and the
//! steps of a search are bounded, and a pattern that exceeds a bound is not understood either.

mod dotnet;

use std::sync::OnceLock;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use self::dotnet::{MAX_DEPTH, translate};

/// Bytes that a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;
/// Instructions that a pattern with look-around may take: repeats of look-arounds are unrolled.
const MAX_PROGRAM: usize = 20_000;
/// Steps back that a search with look-around may take.
const MAX_BACKTRACKS: usize = 50_000;
/// The longest example that is worth showing.
const MAX_EXAMPLE: usize = 64;

/// A route's number pattern, ready to be asked about dialled strings.
#[derive(Clone, Debug)]
pub struct RoutePattern {
    understood: Option<Understood>,
    /// What matches begin with, without a `+`: asked for by each number that takes the route.
    begins: OnceLock<Vec<Box<[u8]>>>,
}

#[derive(Clone, Debug)]
struct Understood {
    engine: Engine,
    /// The pattern with look-arounds left out: matches at least what the pattern matches, unless
    /// it has backreferences.
    relaxed: Hir,
    /// The pattern with what its look-arounds ask for in their place: a source of examples only.
    inlined: Hir,
    backreferences: bool,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::bytes::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

impl RoutePattern {
    /// Compiles the text as it stands in the route, blanks included. Never fails: a pattern that
    /// cannot be judged answers "not known" to everything.
    pub fn compile(text: &str) -> Self {
        Self {
            understood: Understood::new(text),
            begins: OnceLock::new(),
        }
    }

    /// Whether the other methods can answer.
    pub fn is_understood(&self) -> bool {
        self.understood.is_some()
    }

    /// Whether the pattern matches anywhere in a dialled string, as .NET's `IsMatch` does. `None`
    /// when that is not known, also for a string that cannot be dialled.
    pub fn matches(&self, dialled: &str) -> Option<bool> {
        if !dialled.is_ascii() || dialled.contains('\n') {
            return None;
        }
        match &self.understood.as_ref()?.engine {
            Engine::Linear(regex) => Some(regex.is_match(dialled.as_bytes())),
            Engine::Backtracking(regex) => regex.is_match(dialled.as_bytes()).ok(),
        }
    }

    /// `Some(true)` when the pattern is anchored at both ends and whatever it matches has fewer
    /// than this many digits, a leading `+` not counted: a route for short numbers only.
    pub fn only_shorter_than(&self, digits: usize) -> Option<bool> {
        let understood = self.understood.as_ref()?;
        if understood.backreferences {
            return None;
        }
        let shape = &understood.relaxed;
        let starts = shape.properties().look_set_prefix();
        let ends = shape.properties().look_set_suffix();
        let anchored = (starts.contains(Look::Start) || starts.contains(Look::StartLF))
            && (ends.contains(Look::End) || ends.contains(Look::EndLF));
        let shorter = anchored && most_digits(shape).is_some_and(|most| most < digits);
        match understood.engine {
            _ if shorter => Some(true),
            Engine::Linear(_) => Some(false),
            // A look-around may forbid the longer strings.
            Engine::Backtracking(_) => None,
        }
    }

    /// `Some(true)` when the pattern is anchored at its start and whatever it matches begins, after a `+` if there is
    /// one, with one of these digit prefixes.
    pub fn only_within(&self, prefixes: &[String]) -> Option<bool> {
        let shape = &self.understood.as_ref()?.relaxed;
        let starts = shape.properties().look_set_prefix();
        if !(starts.contains(Look::Start) || starts.contains(Look::StartLF)) {
            return Some(false);
        }
        let begins = self.begins.get_or_init(|| beginnings(shape));
        let within = begins.iter().all(|digits| {
            prefixes
                .iter()
                .any(|prefix| !prefix.is_empty() && digits.starts_with(prefix.as_bytes()))
        });
        // Without literals anything may begin a match.
        Some(within && !begins.is_empty())
    }

    /// A string that the pattern matches: the first of `preferred` that does, else one made from
    /// the pattern. `None` when none was found, which does not prove that there is none.
    pub fn example(&self, preferred: &[&str]) -> Option<String> {
        let understood = self.understood.as_ref()?;
        let fits = |text: &str| self.matches(text) == Some(true);
        if let Some(text) = preferred.iter().find(|text| fits(text)) {
            return Some((*text).to_owned());
        }
        let mut last = String::new();
        for (shape, digit, branch, least) in attempts(understood) {
            let mut made = Example {
                text: String::new(),
                digit,
                branch,
                least,
            };
            // The empty string is no example: nobody can dial it.
            if made.extend(shape).is_none() || made.text.is_empty() || made.text == last {
                continue;
            }
            if self.matches(&made.text)? {
                return Some(made.text);
            }
            last = made.text;
        }
        // A pattern such as `^` asks for nothing at all.
        Some("0".to_owned()).filter(|text| fits(text))
    }
}

impl Understood {
    fn new(text: &str) -> Option<Self> {
        let read = translate(text)?;
        let engine = if read.backtracks {
            Engine::Backtracking(Box::new(
                fancy_regex::RegexBuilder::new(&read.exact)
                    .bytes_mode(fancy_regex::BytesMode::Ascii)
                    .backtrack_limit(MAX_BACKTRACKS)
                    .delegate_size_limit(MAX_COMPILED)
                    .max_prog_size(MAX_PROGRAM)
                    .build()
                    .ok()?,
            ))
        } else {
            Engine::Linear(
                regex::bytes::RegexBuilder::new(&read.exact)
                    .unicode(false)
                    .size_limit(MAX_COMPILED)
                    .nest_limit(MAX_DEPTH * 4)
                    .build()
                    .ok()?,
            )
        };
        Some(Self {
            engine,
            relaxed: shape(&read.relaxed)?,
            inlined: shape(&read.inlined)?,
            backreferences: read.backreferences,
        })
    }
}

fn shape(pattern: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(MAX_DEPTH * 4)
        .build()
        .parse(pattern)
        .ok()
}

/// What everything that a pattern matches begins with, without a `+`; nothing where that may be anything.
fn beginnings(shape: &Hir) -> Vec<Box<[u8]>> {
    let begins = regex_syntax::hir::literal::Extractor::new().extract(shape);
    let literals = begins.literals().unwrap_or_default().iter();
    let digits = literals.map(|literal| {
        let text = literal.as_bytes();
        text.strip_prefix(b"+").unwrap_or(text).into()
    });
    digits.collect()
}

/// The most ASCII digits that a match can have; `None` without an upper bound.
fn most_digits(shape: &Hir) -> Option<usize> {
    match shape.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(literal.0.iter().filter(|b| b.is_ascii_digit()).count()),
        HirKind::Class(class) => Some(usize::from((b'0'..=b'9').any(|digit| holds(class, digit)))),
        HirKind::Capture(group) => most_digits(&group.sub),
        HirKind::Repetition(repeat) => match (most_digits(&repeat.sub)?, repeat.max) {
            (0, _) => Some(0),
            (once, Some(times)) => once.checked_mul(usize::try_from(times).ok()?),
            (_, None) => None,
        },
        HirKind::Concat(parts) => parts
            .iter()
            .try_fold(0_usize, |sum, part| sum.checked_add(most_digits(part)?)),
        HirKind::Alternation(branches) => branches
            .iter()
            .try_fold(0, |most, branch| Some(most_digits(branch)?.max(most))),
    }
}

fn holds(class: &Class, byte: u8) -> bool {
    match class {
        Class::Bytes(class) => class
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    }
}

/// Ways through a pattern, simplest first. A look-ahead can forbid the simplest string, so the
/// later ones vary the digit that is repeated, the branch that is taken, and whether optional
/// things are there.
fn attempts(understood: &Understood) -> impl Iterator<Item = (&Hir, u8, usize, u32)> {
    [&understood.relaxed, &understood.inlined]
        .into_iter()
        .flat_map(|shape| (b'0'..=b'9').map(move |digit| (shape, digit)))
        .flat_map(|(shape, digit)| (0..4).map(move |branch| (shape, digit, branch)))
        .flat_map(|(shape, digit, branch)| (0..2).map(move |least| (shape, digit, branch, least)))
}

/// One way through a pattern, written down as a string.
struct Example {
    text: String,
    digit: u8,
    branch: usize,
    least: u32,
}

impl Example {
    fn extend(&mut self, shape: &Hir) -> Option<()> {
        match shape.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => {
                let likely = [self.digit, b'+'].into_iter().chain(b'0'..=b'9');
                let byte = likely.chain(b' '..=b'~').find(|&byte| holds(class, byte))?;
                self.text.push(char::from(byte));
            }
            HirKind::Capture(group) => self.extend(&group.sub)?,
            HirKind::Repetition(repeat) => {
                let most = repeat.max.unwrap_or(u32::MAX);
                for _ in 0..repeat.min.max(self.least).min(most) {
                    let before = self.text.len();
                    self.extend(&repeat.sub)?;
                    if self.text.len() == before {
                        break;
                    }
                }
            }
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.extend(part))?,
            HirKind::Alternation(branches) => {
                self.extend(branches.get(self.branch.min(branches.len().saturating_sub(1)))?)?;
            }
        }
        (self.text.len() <= MAX_EXAMPLE).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::RoutePattern;

    fn matches(pattern: &str, dialled: &str) -> Option<bool> {
        RoutePattern::compile(pattern).matches(dialled)
    }

    #[test]
    fn real_patterns_match_what_they_are_for() {
        for (pattern, yes, no) in [
            (r"^\+1(425|206)(\d{7})$", "+14255550101", "+13605550101"),
            (r"^\+1(425|206)(\d{7})$", "+12065550101", "14255550101"),
            (r"^(\+1[0-9]{10})$", "+14255550101", "+142555501011"),
            (r".*", "", "\u{e9}"),
            (r"^\+33[1-9]\d{8}$", "+33199001234", "+330199001234"),
            (r"^\d{4}$", "1234", "12345"),
            (r"^(?!\+1900)\+1\d{10}$", "+14255550101", "+442079460123"),
            (r"^(?!\+1425)\+1\d{10}$", "+12065550101", "+14255550101"),
            (r"^\+?(112|911)$", "+911", "+9111"),
            (r"^\+49(?=69)\d+$", "+496990009100", "+493023125100"),
            (r"^\+1(?!.*0101$)\d{10}$", "+14255550102", "+14255550101"),
            (r"(?<!\+)911$", "911", "+911"),
            (r"^(?<area>\+1|\+44)\d+\Z", "+442079460123", "+33199001234"),
            (r"^(\d)\1{3}$", "7777", "7778"),
            (r"^(?<d>\d)\k<d>$", "77", "78"),
            (r"^(?>\+1|\+)\d{3}\z", "+1911", "+911x"),
            (r"(?i)^CALL$", "call", "cal"),
            (r"^(?i:a)B$", "aB", "ab"),
            (r"555", "+14255550101", "55 5"),
            (r"^[+]?[\d\-]+$", "+1-425", "+1.425"),
            (r"\A[^\d]\x31\u0032$", "+12", "912"),
        ] {
            assert_eq!(matches(pattern, yes), Some(true), "{pattern} on {yes}");
            assert_ne!(matches(pattern, no), Some(true), "{pattern} on {no}");
            if no.is_ascii() {
                assert_eq!(matches(pattern, no), Some(false), "{pattern} on {no}");
            }
        }
    }

    #[test]
    fn a_stray_blank_is_part_of_the_pattern() {
        assert_eq!(matches(r"^\+1\d{10}$ ", "+14255550101"), Some(false));
        assert_eq!(matches("^\\+1\\d{10}$\u{a0}", "+14255550101"), Some(false));
        assert_eq!(matches("^ 911$", " 911"), Some(true));
        assert_eq!(matches("^9 # 11$", "9 # 11"), Some(true));
    }

    #[test]
    fn an_unescaped_plus_after_the_anchor_repeats_the_anchor() {
        assert_eq!(matches(r"^+1\d{3}$", "1911"), Some(true));
        assert_eq!(matches(r"^+1\d{3}$", "+1911"), Some(false));
    }

    #[test]
    fn what_cannot_be_dialled_is_not_known() {
        assert_eq!(matches("^1", "1\n"), None);
        assert_eq!(matches(r"^\d$", "\u{661}"), None);
    }

    #[test]
    fn patterns_that_cannot_be_judged_answer_nothing() {
        let long = "1".repeat(5000);
        let deep = "(".repeat(500) + &")".repeat(500);
        for pattern in [
            "(",
            ")",
            "[",
            "*",
            r"^\+1(\d{10}$",
            "[9-0]",
            r"((\d{1000}){1000}){1000}",
            r"(?:(?=\d{9}){1000}){1000}1",
            long.as_str(),
            deep.as_str(),
        ] {
            let pattern = RoutePattern::compile(pattern);
            assert!(!pattern.is_understood());
            assert_eq!(pattern.matches("911"), None);
            assert_eq!(pattern.only_shorter_than(8), None);
            assert_eq!(pattern.example(&["911"]), None);
        }
    }

    #[test]
    fn a_search_that_takes_too_long_is_not_known() {
        let pattern = RoutePattern::compile(r"^(?=\d)(\d+)*\1x$");
        assert!(pattern.is_understood());
        assert_eq!(pattern.matches(&"1".repeat(60)), None);
        assert_eq!(pattern.example(&[]), Some("00x".to_owned()));
    }

    #[test]
    fn patterns_for_short_numbers_are_told_from_others() {
        for (pattern, digits, expected) in [
            (r"^\d{4}$", 5, Some(true)),
            (r"^\d{4}$", 4, Some(false)),
            (r"^\+?(112|911)$", 4, Some(true)),
            (r"^(\d{3}|\d{5})$", 5, Some(false)),
            (r"^\d{3}$|^\d{4}$", 5, Some(true)),
            (r"^\d{3}|\d{4}$", 5, Some(false)),
            (r"\d{4}", 5, Some(false)),
            (r"^\d{2,}$", 5, Some(false)),
            (r"^\d+$", 5, Some(false)),
            (r"^.*$", 5, Some(false)),
            (r"^[x-z]*\d{3}$", 5, Some(true)),
            (r"^(?!911)\d{3}$", 5, Some(true)),
            (r"^(?!911)\d{9}$", 5, None),
            (r"^(\d)\1$", 5, None),
            (r"^[a-z-[aeiou]]$", 5, None),
        ] {
            let found = RoutePattern::compile(pattern).only_shorter_than(digits);
            assert_eq!(found, expected, "{pattern} under {digits}");
        }
    }

    #[test]
    fn the_example_is_the_preferred_number_where_it_fits() {
        let pattern = RoutePattern::compile(r"^\+1(425|206)\d{7}$");
        let preferred = ["+33199001234", "+12065550101", "+14255550101"];
        let example = pattern.example(&preferred);
        assert_eq!(example.as_deref(), Some("+12065550101"));
    }

    #[test]
    fn an_example_is_made_from_the_pattern() {
        for (pattern, expected) in [
            (r"^\+1(425|206)(\d{7})$", "+14250000000"),
            (r"^(\+1[0-9]{10})$", "+10000000000"),
            (r".*", "0"),
            (r"^", "0"),
            (r"^\+33[1-9]\d{8}$", "+33100000000"),
            (r"^\d{4}$", "0000"),
            (r"^(?!\+1900)\+1\d{10}$", "+10000000000"),
            (r"^\+?(112|911)$", "112"),
            (r"^\+49(?=69)\d+$", "+49690"),
            (r"^\+1(?!0)\d{10}$", "+11111111111"),
            (r"^(?!\+1)(\+1|\+44)\d*$", "+44"),
            (r"(?<=\+49)69", "+4969"),
            (r"^(\d)\1$", "00"),
        ] {
            let example = RoutePattern::compile(pattern).example(&[]);
            assert_eq!(example.as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn no_example_is_made_up() {
        for pattern in [r"^$", r"a^", r"^(?!\d)\d$", r"^\d{200}$", "^\u{a0}$"] {
            let pattern = RoutePattern::compile(pattern);
            assert!(pattern.is_understood());
            assert_eq!(pattern.example(&["\u{a0}"]), None);
        }
    }
}
