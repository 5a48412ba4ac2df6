//! What a remedy types: an account is known to a command by what only that account has.

use crate::audits::{File, check_strictly, sample};

/// The sample where all accounts have one display name and no export tells a user principal name.
fn namesakes() -> Vec<File> {
    let display = regex::Regex::new(r#"("[Dd]isplayName"\s*:\s*)"(?:[^"\\]|\\.)*""#)
        .expect("the pattern is valid");
    let mut files = sample("contoso");
    for (_, bytes) in &mut files {
        let text = String::from_utf8(std::mem::take(bytes)).expect("the sample is UTF-8");
        let text = display.replace_all(&text, r#"$1"Same Name""#);
        let text = text.replace("\"UserPrincipalName\"", "\"NotExported\"");
        *bytes = text
            .replace("\"userPrincipalName\"", "\"notExported\"")
            .into_bytes();
    }
    files
}

#[test]
fn no_command_knows_an_account_by_its_display_name() {
    let report = check_strictly(&namesakes());
    let named: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.message.contains("Same Name"))
        .collect();
    assert!(named.len() > 100, "{}", named.len());
    let commands = report.findings.iter().flat_map(|finding| {
        let commands = finding.remedy.commands.iter();
        commands.map(|command| (finding.code, command))
    });
    let wrong: Vec<String> = commands
        .filter(|(_, command)| command.contains("Same Name"))
        .map(|(code, command)| format!("{code}: {command}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
