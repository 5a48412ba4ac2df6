//! Judges one line of PowerShell: whether a script may run it as it stands.
//!
//! What is let through is a small part of the language, told token by token, so that nothing in a tenant's names can
//! become anything but an argument. Whatever is not understood is not run: it is shown as a comment.

use std::collections::BTreeSet;

use crate::finding::has_dangerous;
use crate::finding::logging::awaits_bracket;

/// Why a line is not run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// It says what to do by hand, or is empty.
    ByHand,
    /// Something in it has to be filled in first: `<location id>`.
    Placeholder,
    /// It holds characters that nobody can see.
    Hidden,
    /// It holds what an agent of a pipeline takes for a command.
    Logging,
    /// It is more than a plain command.
    NotPlain,
}

/// The cmdlets that a line calls, in order, if it is one command with plain arguments, filtered perhaps.
///
/// `known` are the variables that earlier lines of the same block set; a line that sets one adds it.
pub(super) fn cmdlets<'a>(
    line: &'a str,
    known: &mut BTreeSet<String>,
) -> Result<Vec<&'a str>, Refusal> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Err(Refusal::ByHand);
    }
    if has_dangerous(line) {
        return Err(Refusal::Hidden);
    }
    // A script that is printed is read by an agent as any line is, and cannot spell it out within quotes.
    let mut brackets = line.match_indices('[');
    if brackets.any(|(at, _)| line.get(..at).is_some_and(awaits_bracket)) {
        return Err(Refusal::Logging);
    }
    if has_placeholder(line) {
        return Err(Refusal::Placeholder);
    }
    let mut reader = Reader {
        rest: line,
        open: Vec::new(),
        cmdlets: Vec::new(),
        sets: None,
    };
    reader.read(known).ok_or(Refusal::NotPlain)?;
    known.extend(reader.sets);
    Ok(reader.cmdlets)
}

/// Whether the text has something like `<number>` in it.
fn has_placeholder(line: &str) -> bool {
    let mut parts = line.split('<');
    parts.next();
    parts.any(|behind| behind.find('>').is_some_and(|at| at > 0))
}

/// The quotes that PowerShell takes for `'`.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>.
fn is_quote(character: char) -> bool {
    matches!(
        character,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}'
    )
}

/// What may stand behind `|`: it changes nothing.
const FILTERS: [&str; 2] = ["Where-Object", "Select-Object"];

/// What may stand between two values of a filter.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_comparison_operators>.
const OPERATORS: [&str; 14] = [
    "-eq",
    "-ne",
    "-gt",
    "-ge",
    "-lt",
    "-le",
    "-like",
    "-notlike",
    "-match",
    "-notmatch",
    "-in",
    "-notin",
    "-and",
    "-or",
];

/// What a bracket that is open holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// `@(…)`
    List,
    /// `@{…}`
    Table,
    /// `{…}`
    Block,
}

/// Where the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// A cmdlet or a value begins here.
    Command,
    /// A key of a table begins here.
    Key,
    /// Behind a key: `=` follows.
    Equals,
    /// Behind the name of a cmdlet or a value.
    Argument,
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<Bracket>,
    cmdlets: Vec<&'a str>,
    sets: Option<String>,
}

impl Reader<'_> {
    /// Reads the whole line; `None` where it is not plain.
    fn read(&mut self, known: &BTreeSet<String>) -> Option<()> {
        let mut at = self.assignment();
        while let Some(first) = self.rest.chars().next() {
            at = match (first, at) {
                (' ', _) => {
                    self.rest = &self.rest[1..];
                    continue;
                }
                (_, At::Equals) => {
                    self.rest = self.rest.strip_prefix('=')?;
                    At::Command
                }
                // Within brackets a value stands alone, but for what compares it with the next.
                (first, At::Argument)
                    if !self.open.is_empty() && !matches!(first, ')' | '}' | ',' | ';') =>
                {
                    self.operator()?
                }
                ('\'', At::Command | At::Argument) => {
                    self.text()?;
                    At::Argument
                }
                ('$', At::Command | At::Argument) => {
                    self.variable(known)?;
                    At::Argument
                }
                ('@', At::Command | At::Argument) => self.open_list_or_table()?,
                ('{', At::Argument) => self.open_as(Bracket::Block, 1, At::Command),
                (')', _) => self.close(Bracket::List, at)?,
                ('}', _) => self.close_braces(at)?,
                (',', At::Argument) => self.separator()?,
                (';', At::Argument) if self.open.last() == Some(&Bracket::Table) => {
                    self.rest = &self.rest[1..];
                    At::Key
                }
                ('|', At::Argument) if self.open.is_empty() => {
                    self.rest = &self.rest[1..];
                    let next = self.rest.trim_start();
                    let filters = |name: &&str| next.starts_with(&format!("{name} "));
                    FILTERS.iter().any(filters).then_some(())?;
                    At::Command
                }
                (_, at) => self.word(at)?,
            };
        }
        let ends = at == At::Argument && self.open.is_empty() && !self.cmdlets.is_empty();
        ends.then_some(())
    }

    /// Takes the beginning `$name =` off, if it is there.
    fn assignment(&mut self) -> At {
        let set = self.rest.strip_prefix('$').and_then(|rest| {
            let (name, value) = rest.split_once('=')?;
            let name = name.trim_end();
            is_name(name).then_some((name, value))
        });
        if let Some((name, value)) = set {
            self.sets = Some(name.to_owned());
            self.rest = value;
        }
        At::Command
    }

    /// Takes a single-quoted string: a quote of any shape ends it, unless a second one follows.
    fn text(&mut self) -> Option<()> {
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            if !is_quote(character) {
                continue;
            }
            if characters.next_if(|(_, next)| is_quote(*next)).is_none() {
                self.rest = &self.rest[at + character.len_utf8()..];
                return self.ends_token();
            }
        }
        None
    }

    /// Takes a variable that is known, with the properties that are asked of it.
    fn variable(&mut self, known: &BTreeSet<String>) -> Option<()> {
        let rest = &self.rest[1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let (path, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let mut names = path.split('.');
        let name = names.next().filter(|name| is_name(name))?;
        let is_constant = matches!(name, "null" | "true" | "false" | "_");
        if !(is_constant || known.contains(name)) || !names.all(is_name) {
            return None;
        }
        self.rest = behind;
        self.ends_token()
    }

    fn open_list_or_table(&mut self) -> Option<At> {
        if self.rest.starts_with("@(") {
            Some(self.open_as(Bracket::List, 2, At::Command))
        } else if self.rest.starts_with("@{") {
            Some(self.open_as(Bracket::Table, 2, At::Key))
        } else {
            None
        }
    }

    fn open_as(&mut self, bracket: Bracket, length: usize, inside: At) -> At {
        self.open.push(bracket);
        self.rest = &self.rest[length..];
        inside
    }

    /// Takes a closing bracket; only a list or a table may be empty.
    fn close(&mut self, bracket: Bracket, at: At) -> Option<At> {
        let is_empty = matches!(at, At::Command | At::Key);
        if self.open.pop()? != bracket
            || at == At::Equals
            || (is_empty && bracket == Bracket::Block)
        {
            return None;
        }
        self.rest = &self.rest[1..];
        self.ends_token()?;
        Some(At::Argument)
    }

    fn close_braces(&mut self, at: At) -> Option<At> {
        let bracket = *self.open.last()?;
        (bracket != Bracket::List).then_some(())?;
        self.close(bracket, at)
    }

    /// Takes a comma. Within brackets a value follows, and elsewhere a further argument.
    fn separator(&mut self) -> Option<At> {
        self.rest = &self.rest[1..];
        if self.open.is_empty() {
            return Some(At::Argument);
        }
        let is_last = self.rest.trim_start().starts_with([')', '}']);
        (!is_last).then_some(At::Command)
    }

    /// Takes what compares two values of a block.
    fn operator(&mut self) -> Option<At> {
        (self.open.last() == Some(&Bracket::Block)).then_some(())?;
        let (word, behind) = self.rest.split_once(' ')?;
        OPERATORS.contains(&word).then_some(())?;
        self.rest = behind;
        Some(At::Command)
    }

    /// Takes a bare word: a cmdlet where one is to stand, a key, a parameter or a plain value.
    fn word(&mut self, at: At) -> Option<At> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        let end = self.rest.find(|c: char| !is_part(c));
        let (word, behind) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if word.is_empty() || word.starts_with("--") || word.starts_with([':', '.']) {
            return None;
        }
        self.rest = behind;
        match at {
            At::Key => is_name(word).then_some(At::Equals),
            At::Command => {
                // Lists and blocks hold values: nothing is called from within.
                (is_cmdlet(word) && self.open.is_empty()).then_some(())?;
                self.cmdlets.push(word);
                self.ends_token()?;
                Some(At::Argument)
            }
            // `-Confirm:$false` has its value behind the colon.
            _ if word.ends_with(':') => word.starts_with('-').then_some(At::Argument),
            _ => {
                self.ends_token()?;
                Some(At::Argument)
            }
        }
    }

    /// Two tokens that touch would be read as one.
    fn ends_token(&self) -> Option<()> {
        let next = self.rest.chars().next();
        let ends = next.is_none_or(|next| matches!(next, ' ' | ',' | ')' | '}' | ';'));
        ends.then_some(())
    }
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the word is shaped like `Set-CsUser`.
fn is_cmdlet(word: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let parts = word.split_once('-');
    parts.is_some_and(|(verb, noun)| is_part(verb) && is_part(noun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::powershell::quoted;

    fn read(line: &str) -> Result<Vec<&str>, Refusal> {
        cmdlets(line, &mut BTreeSet::new())
    }

    #[test]
    fn plain_commands_are_read() {
        for (line, names) in [
            (
                "Grant-CsOnlineVoiceRoutingPolicy -Identity 'a@b.example' -PolicyName $null",
                &["Grant-CsOnlineVoiceRoutingPolicy"][..],
            ),
            (
                "Set-MgUserLicense -UserId 'a' -AddLicenses @(@{SkuId='x'}) -RemoveLicenses @()",
                &["Set-MgUserLicense"],
            ),
            (
                "Set-X -A 'b', 'c' -Confirm:$false -D @{A='b'; C=@('d', 'e')} -Days 30",
                &["Set-X"],
            ),
            (
                "Get-CsX | Select-Object Name, Identity",
                &["Get-CsX", "Select-Object"],
            ),
            (
                "$a = Get-CsX -Id 'y' | Where-Object { $_.B.C -match '^M(_G|S)?$' }",
                &["Get-CsX", "Where-Object"],
            ),
            ("Start-ADSyncSyncCycle", &["Start-ADSyncSyncCycle"]),
        ] {
            assert_eq!(read(line), Ok(names.to_vec()), "{line}");
        }
    }

    #[test]
    fn names_stay_arguments() {
        for name in [
            "o'hara",
            "a’; Remove-Item *",
            "$(calc)",
            "`n",
            "\"x\"",
            "'@",
            "“;”",
            "’",
            "''",
            "a;b|c&d#e",
        ] {
            let line = format!("Set-X -Identity {}", quoted(name));
            assert_eq!(read(&line), Ok(vec!["Set-X"]), "{line}");
        }
    }

    #[test]
    fn whatever_is_more_is_refused() {
        for line in [
            "Set-X 'a",
            "Set-X 'a'b'",
            "Set-X 'a’ ; Remove-Y 'b'",
            "Set-X 'a’; Remove-Y ‘b'",
            "Set-X ‘a’",
            "Set-X “a”",
            "Set-X \"a\"",
            "Set-X $(Remove-Y)",
            "Set-X $env:PATH",
            "Set-X a; Remove-Y b",
            "Set-X a & b",
            "& 'Set-X'",
            ". Set-X",
            "Set-X `",
            "Set-X a #b",
            "Set-X > a.txt",
            "Set-X @'",
            "Set-X @a",
            "Set-X --% a",
            "Set-X @(",
            "Set-X )",
            "Set-X @{A}",
            "Set-X @(calc)",
            "Set-X @{A=calc}",
            "Set-X { calc }",
            "calc",
            "iex 'a'",
            "set-x a",
            "Set-X a | Remove-Y b",
            "Set-X { Remove-Y a }",
            "Set-X @(Remove-Y a)",
            "Set-X @{A=Remove-Y}",
            "Set-X | 'a'",
            "Set-X |",
            "Set-X || Set-Y",
            "Set-X –Identity a",
            "Set-X\u{a0}a",
            "'a'",
            "$b",
            "$a = 'b'",
            "Set-X {}",
            "Set-X %",
            "Set-X [a]::b()",
            "Set-X (calc)",
            "Set-X $a",
            "Set-X 'a'\u{2028}Remove-Y",
            "Get-X | Where-Object { $_.A -.q 'a' }",
            "Get-X | Where-Object { $_.A b }",
            "Get-X | Where-Object { $_.A -eq }",
            "Get-X | Where-Object { $_.A 'b' }",
            "Get-X | Where-Object { $_.A -eq 'b', }",
            "Set-X @('a' 'b')",
            "Set-X @('a' -B)",
            "Set-X @('a',)",
            "Set-X @{A='a' b}",
            "Set-X @{A='a' @()}",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
        assert_eq!(read("Set-X -Id <id>"), Err(Refusal::Placeholder));
        assert_eq!(read("Set-X -Id '<SKU id>'"), Err(Refusal::Placeholder));
        assert_eq!(read("Set-X 'a\u{202e}b'"), Err(Refusal::Hidden));
        assert_eq!(read("Set-X 'a'\nRemove-Y 'b'"), Err(Refusal::Hidden));
        assert_eq!(read("  # by hand"), Err(Refusal::ByHand));
    }

    #[test]
    fn a_variable_is_known_once_a_line_has_set_it() {
        let mut known = BTreeSet::new();
        let use_it = "Set-X -Id @($phone.SkuId)";
        assert_eq!(cmdlets(use_it, &mut known), Err(Refusal::NotPlain));
        assert!(cmdlets("$phone = Get-X -Id 'a'", &mut known).is_ok());
        assert_eq!(cmdlets(use_it, &mut known), Ok(vec!["Set-X"]));
        // A line that is not run sets nothing.
        assert!(cmdlets("$other = Get-X -Id <id>", &mut known).is_err());
        assert!(cmdlets("Set-X $other", &mut known).is_err());
    }
}
