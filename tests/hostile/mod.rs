//! Names that somebody chose to do harm, through everything that is printed: the one table of them, and what holds for
//! each text whoever reads it.

mod reports;
mod said;

use serde_json::Value;

use crate::audits::File;

pub(crate) use reports::plan_for;

/// All formats of a report.
pub(crate) const FORMATS: [&str; 12] = [
    "human", "concise", "json", "ndjson", "sarif", "junit", "markdown", "html", "csv", "github",
    "gitlab", "azure",
];

/// A name that would do something in one format or another, if it were not written for its reader.
pub(crate) struct Name {
    /// What is meant.
    pub(crate) text: String,
    /// How an export has it, in JSON.
    pub(crate) json: String,
}

/// Names for pages, tables, terminals, agents of pipelines, and file systems.
const TEXTS: &[&str] = &[
    "</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "&lt;script&gt; &#x3C;script&#x3E; &amp",
    "]]>&entity;<!--",
    "--><!DOCTYPE x [<!ENTITY e \"f\">]>",
    "=HYPERLINK(\"http://x.example\",\"click\")",
    "see WWW.evil.example, www.evil.example and eve@evil.example",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\u{ff1d}1+1",
    "a\";=1+1;\"\n=2",
    "a%0A::error::forged",
    "x\n::error file=a::forged",
    "\r::add-mask::forged",
    "::stop-commands::forged",
    "##vso[task.setvariable variable=secret]x",
    "x ##[error]forged",
    "##\u{200b}vso[task.complete]",
    "| a | b |",
    "[link](javascript:alert(1)) ![i](http://x.example/i.png)",
    "[link]: javascript:alert(1)",
    "```\n# heading",
    "~~~~\n<img src=x>",
    "'; Remove-Item -Recurse C:\\; '",
    "\u{1b}]0;title\u{7}\u{202e}",
    "\u{1b}[2J\u{1b}[31m\u{9b}1m\u{8}\u{7f}",
    "\u{1b}]8;;http://x.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{200b}\u{200f}\u{2060}\u{ad}a\u{e0041}",
    "\u{1}\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}",
    "{{7*7}} ${7*7} <%= 7 %> %s%n {0}",
    "../../../etc/passwd",
    "C:\\Windows\\system32\\x",
    "NUL",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}",
];

/// Names for scripts.
const SCRIPTS: &[&str] = &[
    "o'hara",
    "a\"b",
    "\u{2018}; Remove-Item x; \u{2019}",
    "\u{201a}\u{201b}; Remove-Item x",
    "\u{201c}; Remove-Item x; \u{201d}\u{201e}",
    "$(Remove-Item x)",
    "${env:PATH} $x @x",
    "`'; Remove-Item x `",
    "a`",
    "#> Remove-Item x",
    "<# Remove-Item x",
    "a\nRemove-Item x",
    "a\r\nRemove-Item x",
    "a\rRemove-Item x",
    "a\u{b}Remove-Item x",
    "a\u{c}Remove-Item x",
    "a\u{85}Remove-Item x",
    "a\u{2028}Remove-Item x",
    "a\u{2029}Remove-Item x",
    "a\0b",
    "\u{202e}x metI-evomeR\u{202c}",
    "\u{2066}a\u{2069}",
    "\u{feff}",
    "'@\nRemove-Item x\n@'",
    "\"@\nRemove-Item x\n@\"",
    "} Remove-Item x {",
    ") ; Remove-Item x",
    "' } ; Remove-Item x ; { '",
    "a | Remove-Item x",
    "a & Remove-Item x",
    "a { Remove-Item x }",
    "a @(Remove-Item x)",
    "@{A=Remove-Item}",
    "a > b",
    "a; Remove-Item x",
    "--% Remove-Item x",
    "\u{2013}Force \u{2014} \u{2015}",
    "SIG # Begin signature block",
    ".SYNOPSIS",
    ".PARAMETER Apply",
    "#Requires -Modules Evil",
    "region x",
    "= 'a'",
    "''",
    "'",
    "",
    "東京 Zoë",
];

/// Half of a character, as JSON can name it and no text can hold it: beside others, alone, and the wrong way round.
const HALVES: [&str; 3] = [r#""a\ud800b""#, r#""\udc00""#, r#""\udc00\ud800 x""#];

/// The table.
pub(crate) fn names() -> Vec<Name> {
    let texts = TEXTS.iter().chain(SCRIPTS).map(|text| (*text).to_owned());
    let long = ["a", "é\u{1b}", "'=<|#"].map(|piece| piece.repeat(1_000_000 / piece.len()));
    let whole = texts.chain(long).map(|text| Name {
        json: Value::from(text.as_str()).to_string(),
        text,
    });
    let halves = HALVES.iter().map(|json| Name {
        text: "\u{fffd}".to_owned(),
        json: (*json).to_owned(),
    });
    whole.chain(halves).collect()
}

/// A tenant whose user and operator have that name, and the user that coexistence mode.
pub(crate) fn tenant_of(name: &Name, mode: &str) -> Vec<File> {
    let json = &name.json;
    let user = format!(
        "[{{\"Identity\": \"00000000-0000-4000-8000-000000000001\", \"UserPrincipalName\": {json}, \"DisplayName\": {json}, \
         \"AccountType\": \"User\", \"TeamsUpgradeEffectiveMode\": \"{mode}\", \"LineUri\": \"tel:+12065550101\", \
         \"SoftDeletionTimestamp\": null, \"EnterpriseVoiceEnabled\": true}}]"
    );
    let operators =
        format!("[{{\"name\": {json}, \"status\": \"Active\", \"consentedCountries\": []}}]");
    vec![
        ("Get-CsOnlineUser.json".to_owned(), user.into_bytes()),
        ("operators.json".to_owned(), operators.into_bytes()),
    ]
}

/// Whether a terminal acts on a character, or hides it or its neighbors.
pub(crate) fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Holds that no agent finds a command in a text, in whatever line.
fn hold_for_agents(text: &str, what: &str) {
    for line in text.lines() {
        let lower = line.to_lowercase();
        let at = lower.find("##vso[").or_else(|| lower.find("##["));
        let around = at.map(|at| {
            line.chars()
                .skip(at.saturating_sub(40))
                .take(200)
                .collect::<String>()
        });
        assert_eq!(around, None, "{what}: a command of Azure");
        let begins = line.trim_start();
        assert!(
            !begins.starts_with("::"),
            "{what}: a command of GitHub: {begins}"
        );
    }
}

/// Holds what holds for every text that people read.
fn hold_for_people(text: &str, what: &str) {
    let harmful = text
        .chars()
        .find(|character| *character != '\n' && is_harmful(*character));
    assert_eq!(harmful, None, "{what}: {text}");
    hold_for_agents(text, what);
}
