//! Reading a pattern as .NET does, and writing it out for the engines used here.
//!
//! Nothing is copied unread. Each construct is either known to mean the same on both sides once it
//! is written out, or the whole pattern is given up: class subtraction, balancing groups, comments,
//! conditionals, possessive quantifiers, Unicode categories and blocks, octal characters, and the
//! `{,n}` that .NET takes literally.

/// Longer patterns are given up; real ones have a few hundred characters at most.
const MAX_LENGTH: usize = 4096;
/// How deep groups may nest.
pub(super) const MAX_DEPTH: u32 = 32;

/// A pattern written out for the engines.
#[derive(Default)]
pub(super) struct Translation {
    /// The same meaning.
    pub(super) exact: String,
    /// Look-arounds left out, so that it matches at least what the pattern matches; not so when
    /// there are backreferences, which are left out too.
    pub(super) relaxed: String,
    /// What positive look-arounds ask for put in their place: only good for finding examples.
    pub(super) inlined: String,
    /// Whether the exact form needs a backtracking engine.
    pub(super) backtracks: bool,
    /// Whether there are backreferences.
    pub(super) backreferences: bool,
}

/// Writes a .NET pattern out; `None` where the meaning could differ.
pub(super) fn translate(text: &str) -> Option<Translation> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut reader = Reader {
        rest: text,
        ..Reader::default()
    };
    while let Some(c) = reader.next() {
        reader.step(c)?;
    }
    // .NET numbers named groups after all others, looks behind from right to left, and folds
    // letters beyond ASCII, some of them to ASCII letters.
    let confusing = (reader.numbered_reference && reader.named_group)
        || (reader.written.backreferences && reader.lookbehind)
        || (reader.ignores_case && !text.is_ascii());
    (reader.groups.is_empty() && !confusing).then_some(reader.written)
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a str,
    written: Translation,
    /// Open groups, each with the kind that says how to write what is inside.
    groups: Vec<Group>,
    /// For each open group its number or name, empty when it catches nothing.
    names: Vec<String>,
    /// The groups that are closed, by number or name.
    caught: Vec<String>,
    /// How many groups have a number.
    numbered: usize,
    /// Whether a quantifier may follow.
    repeatable: bool,
    lookbehind: bool,
    numbered_reference: bool,
    named_group: bool,
    ignores_case: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Plain,
    /// A positive look-around: what is inside has to be there.
    Wanted,
    /// A negative look-around.
    Unwanted,
}

const LOOKAROUNDS: [(&str, Group); 4] = [
    ("=", Group::Wanted),
    ("<=", Group::Wanted),
    ("!", Group::Unwanted),
    ("<!", Group::Unwanted),
];

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let stripped = self.rest.strip_prefix(prefix);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn step(&mut self, c: char) -> Option<()> {
        let repeatable = std::mem::replace(&mut self.repeatable, true);
        match c {
            '\\' => self.escape()?,
            '[' => self.class()?,
            '(' => self.open()?,
            ')' => {
                self.groups.pop()?;
                self.caught.extend(self.names.pop());
                self.write(")");
            }
            '*' | '+' | '?' | '{' => {
                // A second quantifier is an error in .NET, and possessive elsewhere.
                if !repeatable {
                    return None;
                }
                self.quantifier(c)?;
                self.repeatable = false;
            }
            '|' => {
                self.write("|");
                self.repeatable = false;
            }
            '^' | '$' | '.' => self.write(c.encode_utf8(&mut [0; 4])),
            _ => self.literal(c),
        }
        Some(())
    }

    /// Writes to the exact form, and to the others unless an open look-around hides this there.
    fn write(&mut self, text: &str) {
        self.write_each(text, text, text);
    }

    fn write_each(&mut self, exact: &str, relaxed: &str, inlined: &str) {
        self.written.exact.push_str(exact);
        if self.groups.iter().all(|&group| group == Group::Plain) {
            self.written.relaxed.push_str(relaxed);
        }
        if !self.groups.contains(&Group::Unwanted) {
            self.written.inlined.push_str(inlined);
        }
    }

    fn literal(&mut self, c: char) {
        let mut text = String::with_capacity(4);
        if r"\.+*?()|[]{}^$".contains(c) {
            text.push('\\');
        }
        text.push(c);
        self.write(&text);
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            class @ ('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'z') => {
                self.write(&format!(r"\{class}"));
            }
            'Z' => self.write(r"\z"),
            digit @ '1'..='9' => {
                // Two digits may be a group or an octal character.
                if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
                    return None;
                }
                self.numbered_reference = true;
                self.reference(&digit.to_string(), &format!(r"\{digit}"))?;
            }
            'k' => {
                let name = self.group_name()?;
                self.reference(name, &format!(r"\k<{name}>"))?;
            }
            other => {
                let c = self.escaped_char(other)?;
                self.literal(c);
            }
        }
        Some(())
    }

    /// A reference to a group that is closed. .NET allows one inside its own group and before it
    /// as well, where engines disagree about what was caught last.
    fn reference(&mut self, name: &str, text: &str) -> Option<()> {
        if !self.caught.iter().any(|caught| caught == name) {
            return None;
        }
        self.written.backtracks = true;
        self.written.backreferences = true;
        // What a group caught is a digit more often than not.
        self.write_each(text, "(?:)", r"\d");
        Some(())
    }

    /// The character that an escape stands for, inside a class and outside.
    fn escaped_char(&mut self, escape: char) -> Option<char> {
        Some(match escape {
            'a' => '\x07',
            'e' => '\x1b',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            // .NET allows a backslash before any character that is not part of a word.
            c if c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_' => c,
            _ => return None,
        })
    }

    fn hexadecimal(&mut self, length: usize) -> Option<char> {
        let (digits, rest) = self.rest.split_at_checked(length)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        c.is_ascii().then_some(c)
    }

    fn quantifier(&mut self, first: char) -> Option<()> {
        let mut text = String::from(first);
        if first == '{' {
            // Anything but `{n}`, `{n,}` and `{n,m}` is literal in .NET, and hardly meant so.
            let (bounds, rest) = self.rest.split_once('}')?;
            let (least, most) = bounds.split_once(',').unwrap_or((bounds, ""));
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            if least.is_empty() || !digits(least) || !digits(most) {
                return None;
            }
            self.rest = rest;
            text.push_str(bounds);
            text.push('}');
        }
        if self.eat("?") {
            text.push('?');
        }
        self.write(&text);
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        if self.groups.len() >= MAX_DEPTH as usize {
            return None;
        }
        self.repeatable = false;
        let mut kind = Group::Plain;
        let mut name = String::new();
        if !self.eat("?") {
            self.write("(");
            self.numbered += 1;
            name = self.numbered.to_string();
        } else if self.eat(":") {
            self.write("(?:");
        } else if self.eat(">") {
            self.written.backtracks = true;
            self.write_each("(?>", "(?:", "(?:");
        } else if let Some(&(sign, look)) = LOOKAROUNDS.iter().find(|(sign, _)| self.eat(sign)) {
            self.written.backtracks = true;
            self.lookbehind |= sign.starts_with('<');
            self.write_each(&format!("(?{sign}"), "(?:", "(?:");
            kind = look;
        } else if self.rest.starts_with('<') {
            self.named_group = true;
            self.group_name()?.clone_into(&mut name);
            self.write_each(&format!("(?<{name}>"), "(?:", "(?:");
        } else {
            return self.options();
        }
        self.groups.push(kind);
        self.names.push(name);
        Some(())
    }

    /// Inline options: `(?i)` for the rest of the group, or `(?i-s:…)` for what is in this one.
    fn options(&mut self) -> Option<()> {
        let end = self.rest.find([')', ':'])?;
        let (options, rest) = self.rest.split_at(end);
        let known = |text: &str| !text.is_empty() && text.bytes().all(|b| b"ims".contains(&b));
        let (on, understood) = match options.split_once('-') {
            Some((on, off)) => (on, known(off) && (on.is_empty() || known(on))),
            None => (options, known(options)),
        };
        if !understood {
            return None;
        }
        self.ignores_case |= on.contains('i');
        if rest.starts_with(':') {
            self.write(&format!("(?{options}:"));
            self.groups.push(Group::Plain);
            self.names.push(String::new());
        } else {
            self.write(&format!("(?{options})"));
        }
        self.rest = &rest[1..];
        Some(())
    }

    /// A group's name between `<` and `>`. Numbers and the balancing form `<a-b>` are refused.
    fn group_name(&mut self) -> Option<&'a str> {
        let (name, rest) = self.rest.strip_prefix('<')?.split_once('>')?;
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.as_bytes()[0].is_ascii_digit() || !name.bytes().all(word) {
            return None;
        }
        self.rest = rest;
        Some(name)
    }

    /// A class in brackets. Subtraction, nesting and doubled operators mean different things to
    /// different engines, so they are refused, and everything else is written out escaped.
    fn class(&mut self) -> Option<()> {
        let mut text = String::from("[");
        if self.eat("^") {
            text.push('^');
        }
        let mut first = true;
        loop {
            let c = self.next()?;
            if c == ']' && !first {
                break;
            }
            first = false;
            if "&~-".contains(c) && self.rest.starts_with(c) {
                return None;
            }
            let low = self.class_member(c)?;
            let range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            match low {
                Member::Class(letter) if !range => text.extend(['\\', letter]),
                Member::Char(c) if !range => push_class_char(&mut text, c),
                // .NET does not take an escaped hyphen for the start of a range.
                Member::Class(_) | Member::Char('-') => return None,
                Member::Char(low) => {
                    self.eat("-");
                    let high = self.next().filter(|&high| high != '-')?;
                    let Member::Char(high) = self.class_member(high)? else {
                        return None;
                    };
                    push_class_char(&mut text, low);
                    text.push('-');
                    push_class_char(&mut text, high);
                }
            }
        }
        text.push(']');
        self.write(&text);
        Some(())
    }

    fn class_member(&mut self, first: char) -> Option<Member> {
        Some(match first {
            '[' => return None,
            '\\' => match self.next()? {
                letter @ ('d' | 'D' | 'w' | 'W' | 's' | 'S') => Member::Class(letter),
                'b' => Member::Char('\x08'),
                escape => Member::Char(self.escaped_char(escape)?),
            },
            c if c.is_ascii() => Member::Char(c),
            _ => return None,
        })
    }
}

enum Member {
    Char(char),
    /// `\d` and its like, by their letter.
    Class(char),
}

fn push_class_char(text: &mut String, c: char) {
    if r"\[]^-&~".contains(c) {
        text.push('\\');
    }
    text.push(c);
}

#[cfg(test)]
mod tests {
    use super::translate;

    fn exact(pattern: &str) -> Option<String> {
        translate(pattern).map(|translation| translation.exact)
    }

    #[test]
    fn what_means_the_same_is_written_as_it_was() {
        for pattern in [
            "",
            r"^\+1(425|206)(\d{7})$",
            r"^(?<area>\d)\k<area>$",
            r"(?i)a(?-i:b)(?s-m:.)",
            r"(?=a)(?!b)(?<=c)(?<!d)(?>e)(?:f)()",
            r"a*?b+?c??d{2}?e{2,}f{2,3}",
            r"[a-c0-9]\b\B\A\z\w\W\s\S\D",
            r"[^\d\w\s\D\W\S]",
        ] {
            assert_eq!(exact(pattern).as_deref(), Some(pattern));
        }
    }

    #[test]
    fn the_same_meaning_in_other_letters() {
        for (pattern, expected) in [
            (r"\Z", r"\z"),
            (r"a]}", r"a\]\}"),
            (r"\<\>\-\/\ ", "<>-/ "),
            (r"\x2B\u0031\e", "\\+1\x1b"),
            (r"\a\f\n\r\t\v", "\x07\x0c\n\r\t\x0b"),
            (r"[]a]", r"[\]a]"),
            (r"[^]a]", r"[^\]a]"),
            (r"[+-]", r"[+\-]"),
            (r"[-+]", r"[\-+]"),
            (r"[a-z-9]", r"[a-z\-9]"),
            (r"[\-9]", r"[\-9]"),
            (r"[a^&~]", r"[a\^\&\~]"),
            (r"[\b\x30-\x39]", "[\x080-9]"),
        ] {
            assert_eq!(exact(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn what_could_mean_something_else_is_given_up() {
        for pattern in [
            // classes
            r"[a-z-[aeiou]]",
            r"[a-z&&[^b]]",
            r"[a&&b]",
            r"[0--9]",
            r"[+--]",
            r"[a~~b]",
            r"[[:digit:]]",
            r"[[]",
            r"[\d-9]",
            r"[0-\d]",
            r"[\--9]",
            "[\u{e9}]",
            r"[0-9",
            r"[]",
            // groups
            r"(?'n'a)",
            r"(?<open-close>a)",
            r"(?<-close>a)",
            r"(?<1>a)",
            r"(?P<n>a)",
            r"(?#comment)",
            r"(?(1)a|b)",
            r"(?|a|b)",
            r"(?R)",
            r"(?",
            r"(?)",
            r"(?-)",
            r"(?i-)",
            r"(?x)a b",
            r"(?n)(a)",
            r"(?x-i:a)",
            r"(?<n>a)(b)\1",
            r"(a)(?<=\1)",
            r"\1(a)",
            r"(a\1)",
            r"(a)\2",
            r"(?:a)\1",
            r"(?<n>a\k<n>)",
            r"(a)\k<n>",
            "(?i)\u{212a}",
            // quantifiers
            r"{,3}",
            r"a{,3}",
            r"a{x}",
            r"a{",
            r"a{1, 2}",
            r"a{1,2,3}",
            r"a++",
            r"a*+",
            r"a?+",
            r"a{2}+",
            r"a**",
            r"a{2}{3}",
            r"a???",
            r"+1",
            r"(*a)",
            r"a|+",
            r"(?i)*",
            // escapes
            r"\p{IsGreek}",
            r"\P{L}",
            r"\G",
            r"\0",
            r"\011",
            r"(a)\10",
            r"\cA",
            r"\x{2B}",
            r"\x1",
            r"\u00e9",
            r"\Q.\E",
            r"\_",
            r"\h",
            r"\R",
            r"\k'n'",
            r"\",
            "\\\u{e9}",
            // brackets
            r"a)",
            r"(a",
        ] {
            assert_eq!(exact(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn lookarounds_leave_the_relaxed_form_and_stay_in_the_inlined() {
        let written = translate(r"^(?!\+1(9)(?=0))\+(?=4(?![4]))\d(?>5)(\d)\1$").unwrap();
        assert!(written.backtracks && !written.relaxed.contains("(?="));
        assert_eq!(written.relaxed, r"^(?:)\+(?:)\d(?:5)(\d)(?:)$");
        assert_eq!(written.inlined, r"^(?:)\+(?:4(?:))\d(?:5)(\d)\d$");
    }
}
