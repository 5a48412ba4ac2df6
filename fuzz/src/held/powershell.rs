//! Scripts: read by a grammar of PowerShell, nothing in them is a command that was not meant as one.

use std::collections::{BTreeMap, BTreeSet};

use tenantlint::finding::powershell::quoted;
use tenantlint::report::powershell::{Block, Script, script_of, write};

use super::report::{WINDOW, check, written};
use super::sarif::tenant_of;

/// Holds that no name becomes a command: neither one that is written into a script by whoever makes one, nor one of a
/// tenant whose findings are remedied. The names stand apart by U+001E.
pub fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for name in text.split('\u{1e}').take(4) {
        hold_text(name);
    }
    let names: Vec<&str> = text.split('\u{1e}').collect();
    let report = check(&tenant_of(&names), WINDOW);
    let script = script_of(&report);
    let called = commands(&written(|out| write(&script, out)));
    let meant = meant(report.open().flat_map(|finding| &finding.remedy.commands));
    for command in called.keys() {
        let is_known = meant.contains(command) || FRAME.contains(&command.as_str());
        assert!(is_known, "{names:?}: {command}");
    }
}

/// What the frame of every script calls, and what a line may be filtered by.
pub const FRAME: [&str; 9] = [
    "$Do",
    "Write-Output",
    "Read-Host",
    "Invoke-Change",
    "Wait-ByHand",
    "Get-CsTenant",
    "Get-MgContext",
    "Where-Object",
    "Select-Object",
];

/// What lines of PowerShell are meant to call: the first word of each, or of the value of its variable.
pub fn meant<'l>(lines: impl Iterator<Item = &'l String>) -> BTreeSet<String> {
    let commands = lines.filter(|line| !line.starts_with('#')).map(|line| {
        let set = line
            .strip_prefix('$')
            .and_then(|line| line.split_once(" = "));
        set.map_or(line.as_str(), |(_, value)| value)
    });
    let first = commands.filter_map(|command| command.split(' ').next());
    first.map(str::to_owned).collect()
}

/// A script with a name in every place that takes one, as careful and as careless rules would put it there.
pub fn about(name: &str) -> Script {
    let block = Block {
        title: name.to_owned(),
        place: name.to_owned(),
        comments: vec![name.to_owned(), format!("x {name}")],
        commands: vec![
            format!("# {name}"),
            // What a careless rule would write.
            format!("Set-Bare {name}"),
            format!("Set-Raw '{name}"),
            format!("Set-Naive '{name}'"),
            format!("Set-Quoted -Identity {} -Days 3", quoted(name)),
            format!("# {name}"),
        ],
    };
    Script {
        title: name.to_owned(),
        notes: vec![name.to_owned()],
        tenant_id: Some(name.to_owned()),
        blocks: vec![block.clone()],
        by_hand: vec![block],
    }
}

fn hold_text(name: &str) {
    // To the grammar a dash and a digit begin a number, to PowerShell they may begin a word.
    let is_number = name
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    if is_number {
        return;
    }
    let script = about(name);
    let script = written(|out| write(&script, out));
    let mut called = commands_as_seen(&script);
    for careless in ["Set-Bare", "Set-Raw", "Set-Naive", "Set-Quoted"] {
        assert!(called.remove(careless).unwrap_or(1) == 1, "{name:?}");
    }
    let waits = called.get("Wait-ByHand").copied().unwrap_or_default();
    // A line may end in a filter that changes nothing.
    called.retain(|command, _| !matches!(command.as_str(), "Where-Object" | "Select-Object"));
    assert_eq!(called, frame(1, waits), "{name:?}\n{script}");
    hold_lines(&script);
}

/// Holds that nothing in a script hides, and that no line of it is more to PowerShell than it seems.
fn hold_lines(script: &str) {
    let behind = script.strip_prefix('\u{feff}').expect("a mark for 5.1");
    let hidden = behind.chars().find(|character| {
        (character.is_control() && *character != '\n')
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    assert_eq!(hidden, None, "{script}");
    for line in script.lines() {
        let line = line.trim_start().to_lowercase();
        // A signature is known with and without blanks, a region only where its word follows at once.
        assert!(!line.replace(' ', "").starts_with("#sig#"), "{line}");
        assert!(!line.starts_with("#region"), "{line}");
    }
    assert_eq!(script.matches("\n# .SYNOPSIS").count(), 1);
    assert_eq!(script.to_lowercase().matches("\n#requires").count(), 0);
}

/// How often each command is called in a script, by the grammar; panics where the script is no PowerShell.
///
/// The grammar knows only the plain quotes and dashes, PowerShell takes the typographic ones for the same: the script
/// is read as it stands, and as PowerShell sees it.
pub fn commands(script: &str) -> BTreeMap<String, usize> {
    let commands = commands_as_seen(script);
    let script = script.strip_prefix('\u{feff}').expect("a mark for 5.1");
    assert_eq!(commands, parsed(script), "{script}");
    commands
}

/// As [`commands`], as PowerShell sees it only: a quote that a typographic one closes is open to the grammar.
fn commands_as_seen(script: &str) -> BTreeMap<String, usize> {
    let script = script.strip_prefix('\u{feff}').expect("a mark for 5.1");
    let seen: String = script
        .chars()
        .map(|character| match character {
            '\u{2018}'..='\u{201b}' => '\'',
            '\u{201c}'..='\u{201e}' => '"',
            '\u{2013}'..='\u{2015}' => '-',
            other => other,
        })
        .collect();
    parsed(&seen)
}

fn parsed(script: &str) -> BTreeMap<String, usize> {
    let mut parser = tree_sitter::Parser::new();
    let grammar = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&grammar).expect("the versions fit");
    let tree = parser.parse(script, None).expect("no timeout is set");
    let mut found = BTreeMap::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        let told = || &script[node.byte_range()];
        assert!(
            !node.is_error() && !node.is_missing(),
            "no PowerShell: {}\n{script}",
            told()
        );
        // A command by a name is called, and nothing by a value: `& $Do` is the script's own.
        if node.kind() == "command" {
            let name = node.child_by_field_name("command_name");
            let name = name.map_or_else(told, |name| &script[name.byte_range()]);
            *found.entry(name.to_owned()).or_insert(0) += 1;
        }
        open.extend((0..node.child_count()).filter_map(|at| node.child(at)));
    }
    found
}

/// What every script calls, with so many steps and waits in it.
pub fn frame(steps: usize, waits: usize) -> BTreeMap<String, usize> {
    let mut frame: BTreeMap<String, usize> = [
        ("$Do", 1),
        ("Write-Output", 4),
        ("Read-Host", 1),
        ("Invoke-Change", steps),
        ("Wait-ByHand", waits),
    ]
    .into_iter()
    .map(|(name, count)| (name.to_owned(), count))
    .collect();
    frame.retain(|_, count| *count > 0);
    frame
}
