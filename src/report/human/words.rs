//! Counts and lines in words, as every text for people writes them.
//!
//! Nothing here knows what is counted, and nothing is ever rounded.

use std::fmt;

use crate::finding::Severity;

/// How many of each severity.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Counts {
    error: u64,
    warning: u64,
    info: u64,
}

impl Counts {
    /// Counts what it is given.
    pub(crate) fn of(severities: impl IntoIterator<Item = Severity>) -> Self {
        let mut counts = Self::default();
        for severity in severities {
            counts.add(severity);
        }
        counts
    }

    /// Counts one more.
    pub(crate) fn add(&mut self, severity: Severity) {
        self.add_many(severity, 1);
    }

    /// Counts so many more.
    pub(crate) fn add_many(&mut self, severity: Severity, many: u64) {
        *match severity {
            Severity::Error => &mut self.error,
            Severity::Warning => &mut self.warning,
            Severity::Info => &mut self.info,
        } += many;
    }

    /// How many of one severity.
    pub(crate) fn get(self, severity: Severity) -> u64 {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }

    /// How many in all.
    pub(crate) fn total(self) -> u64 {
        self.error + self.warning + self.info
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, others: Self) {
        for severity in Severity::ALL {
            self.add_many(severity, others.get(severity));
        }
    }
}

/// `2 errors, 1 warning`; severities without a count are left out.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for severity in Severity::ALL {
            let count = self.get(severity);
            if count > 0 {
                let words = counted(count, severity.name(), plural(severity));
                write!(f, "{separator}{words}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// The word for several of a severity.
pub(crate) fn plural(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "errors",
        Severity::Warning => "warnings",
        Severity::Info => "info",
    }
}

/// `1 rule`, `3,411 rules`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A number with a comma before every third digit from the right.
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Terminal cells of a character, never too few: what is counted one too high is only cut or wrapped a little early.
pub(crate) fn cells(character: char) -> usize {
    match character {
        '\u{0}'..='\u{10FF}' | '\u{1E00}'..='\u{22FF}' | '\u{2400}'..='\u{259F}' | '\u{FFFD}' => 1,
        _ => 2,
    }
}

/// Breaks a text between words; a word that is too long for a line gets its own and stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut filled = 0;
    for word in text.split(' ') {
        let size: usize = word.chars().map(cells).sum();
        if !line.is_empty() && filled + 1 + size > width {
            lines.push(std::mem::take(&mut line));
            filled = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            filled += 1;
        }
        line.push_str(word);
        filled += size;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_words_their_plural() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(3_411), "3,411");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(counted(1, "rule", "rules"), "1 rule");
        assert_eq!(counted(0, "rule", "rules"), "0 rules");
        let counts = Counts::of([Severity::Info, Severity::Info, Severity::Error]);
        assert_eq!(counts.to_string(), "1 error, 2 info");
        assert_eq!(Counts::default().to_string(), "");
    }

    #[test]
    fn words_are_never_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrap("a Get-CsOnlineUser b", 6),
            ["a", "Get-CsOnlineUser", "b"]
        );
        assert_eq!(wrap("東京 都", 5), ["東京", "都"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
