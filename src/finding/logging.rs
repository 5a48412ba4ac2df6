//! Logging commands: what the agents of Azure Pipelines and GitHub Actions carry out where a program prints it.
//!
//! They look for `##vso[` and `##[` anywhere in a line, and for `::word` at its beginning, whichever program printed it and
//! whatever the line is: a report on standard output is enough. A text of a tenant that holds one is shown with a
//! character of it spelled out.
//!
//! Sources: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>,
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.

/// Whether a character between these texts makes a logging command of them, wherever a line may be wrapped.
pub(crate) fn completes_command(before: &str, character: char, behind: &str) -> bool {
    match character {
        '[' => awaits_bracket(before),
        ':' => before.strip_suffix(':').is_some_and(|before| {
            let is_first = before.is_empty() || before.ends_with(char::is_whitespace);
            is_first && begins_with_word(behind)
        }),
        _ => false,
    }
}

/// Whether a `[` behind this text makes it a logging command.
pub(crate) fn awaits_bracket(text: &str) -> bool {
    let bytes = text.as_bytes();
    let word = bytes.len().checked_sub(5).and_then(|at| bytes.get(at..));
    bytes.ends_with(b"##") || word.is_some_and(|word| word.eq_ignore_ascii_case(b"##vso"))
}

/// Whether the text holds a logging command.
pub(crate) fn has_command(text: &str) -> bool {
    let completes = |(at, mark): (usize, &str)| {
        let character = mark.chars().next().unwrap_or_default();
        let (before, behind) = (text.get(..at), text.get(at + 1..));
        completes_command(
            before.unwrap_or_default(),
            character,
            behind.unwrap_or_default(),
        )
    };
    (text.contains("##") || text.contains("::")) && text.match_indices(['[', ':']).any(completes)
}

/// Whether the text begins with a word that is no part of an IPv6 address, which may begin with `::` as well.
fn begins_with_word(text: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let len = text.bytes().take_while(|byte| is_part(byte)).count();
    let word = &text.as_bytes()[..len];
    word.first().is_some_and(u8::is_ascii_alphabetic)
        && !(len <= 4 && word.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known_in_any_case_and_anywhere() {
        for text in [
            "##[error]",
            "a ##vso[task.complete]",
            "###VSO[x]",
            "é##[[",
            "::error::x",
            "a\t::add-mask::x",
        ] {
            assert!(has_command(text), "{text}");
        }
        for text in [
            "",
            "[",
            "#[",
            "##",
            "## [x]",
            "##vs[x]",
            "# #vso[",
            "é[",
            "::1",
            "::ffff:10.0.0.1",
            "::",
            "a::error",
            "`::error`",
            ": :error",
            "fe80::error",
        ] {
            assert!(!has_command(text), "{text}");
        }
    }
}
