//! The steps of a script: remedies taken apart where they have to wait for each other, and put together where they are
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use super::line::cmdlets;
use super::phases::{Phase, Role, role};
use crate::finding::Finding;

/// A step before it is written.
pub(super) struct Change<'a> {
    phase: Phase,
    /// Which part of the remedy it is, from 0, and how many there are.
    pub(super) part: (usize, usize),
    pub(super) lines: Vec<String>,
    /// The commands that it runs, spelled so that the same ones are alike.
    runs: BTreeSet<String>,
    /// The findings that ask for it, the one that it was made for first.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Change<'a> {
    /// The steps of a remedy, in their order.
    ///
    /// # Errors
    /// The lines of the remedy, where it holds nothing that can be run.
    pub(super) fn all_of(finding: &'a Finding) -> Result<Vec<Self>, Vec<String>> {
        let parts = parts_of(finding);
        let total = parts.changes.len();
        if total == 0 {
            return Err(parts.rest);
        }
        let changes = parts.changes.into_iter().enumerate();
        let change = |(part, (phase, lines)): (usize, (Phase, Vec<String>))| Self {
            phase,
            part: (part, total),
            runs: runs_of(&lines),
            lines,
            findings: vec![finding],
        };
        Ok(changes.map(change).collect())
    }

    /// The accounts that the commands name.
    pub(super) fn accounts(&self) -> BTreeSet<String> {
        let of_run = |run: &String| -> Option<String> {
            let mut words = run.split(' ');
            words.find(|word| ACCOUNTS.contains(word))?;
            let name = words.next()?.trim_matches('\'');
            name.contains('@').then(|| name.to_lowercase())
        };
        self.runs.iter().filter_map(of_run).collect()
    }

    /// Speaks for the findings of another step too, and keeps what that one says beside its commands.
    fn take_in(&mut self, other: Change<'a>) {
        let said = other.lines.into_iter();
        let new: Vec<String> = said
            .filter(|line| !other.runs.contains(&spelled_alike(line)) && !self.lines.contains(line))
            .collect();
        self.lines.splice(0..0, new);
        for finding in other.findings {
            let mut known = self.findings.iter();
            if !known.any(|known| known.fingerprint == finding.fingerprint) {
                self.findings.push(finding);
            }
        }
    }
}

/// The parameters that name an account.
const ACCOUNTS: [&str; 2] = ["-Identity", "-UserId"];

/// Puts steps in order: by phase, then by code and subject; and what several ask for is done once.
pub(super) fn in_order(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|one, other| {
        let phases = one.phase.cmp(&other.phase);
        phases.then_with(|| order_of(one.findings[0]).cmp(&order_of(other.findings[0])))
    });
    // A step that another one took in leaves its place empty.
    let mut kept: Vec<Option<Change>> = Vec::new();
    let mut running: BTreeMap<String, usize> = BTreeMap::new();
    for mut change in changes {
        let runs = change.runs.iter();
        let met: BTreeSet<usize> = runs.filter_map(|run| running.get(run).copied()).collect();
        let larger = met.iter().copied().find(|at| {
            let other = kept[*at].as_ref();
            other.is_some_and(|other| change.runs.is_subset(&other.runs))
        });
        if let Some(other) = larger.and_then(|at| kept[at].as_mut()) {
            other.take_in(change);
            continue;
        }
        // The larger step stands where it has to, and brings along what smaller ones ask for.
        for at in met {
            if let Some(other) = kept[at].take_if(|other| other.runs.is_subset(&change.runs)) {
                running.retain(|_, step| *step != at);
                change.take_in(other);
            }
        }
        for line in &mut change.lines {
            let is_done = !line.starts_with('$') && running.contains_key(&spelled_alike(line));
            if is_done {
                *line = format!("# an earlier step has done this: {line}");
            }
        }
        for run in &change.runs {
            running.entry(run.clone()).or_insert(kept.len());
        }
        kept.push(Some(change));
    }
    kept.into_iter().flatten().collect()
}

/// In which order findings are taken within a phase: by code and subject, whatever their severity.
pub(super) fn order_of(finding: &Finding) -> (&'static str, &str, &str) {
    (finding.code, &finding.subject.name, &finding.message)
}

/// A remedy, taken apart.
struct Parts {
    /// What is run in each stage, with what has to be done by hand before and behind it.
    changes: Vec<(Phase, Vec<String>)>,
    /// What is left where nothing is run.
    rest: Vec<String>,
}

/// Takes a remedy apart where its later commands have to wait for the steps of others.
fn parts_of(finding: &Finding) -> Parts {
    let mut changes: Vec<(Phase, Vec<String>)> = Vec::new();
    let mut waiting = Vec::new();
    let mut known = BTreeSet::new();
    for line in &finding.remedy.commands {
        let Ok(names) = cmdlets(line, &mut known) else {
            waiting.push(line.clone());
            continue;
        };
        let sets_variable = line.trim_start().starts_with('$');
        match role_of(line, &names) {
            Some(Role::Change(phase)) => {
                let earliest = changes.last().map_or(phase, |(before, _)| *before);
                let phase = phase.max(earliest);
                match changes.last_mut() {
                    Some((before, lines)) if before.stage() == phase.stage() => {
                        *before = phase;
                        lines.append(&mut waiting);
                        lines.push(line.clone());
                    }
                    _ => {
                        waiting.push(line.clone());
                        changes.push((phase, std::mem::take(&mut waiting)));
                    }
                }
            }
            // What is looked up for a later command stands with it.
            Some(Role::Look) if sets_variable => waiting.push(line.clone()),
            Some(Role::Look) => waiting.push(format!("# look: {line}")),
            Some(Role::Elsewhere(shell)) => waiting.push(format!("# {shell}{line}")),
            None => waiting.push(format!("# run by hand: {line}")),
        }
    }
    match changes.last_mut() {
        Some((_, lines)) => lines.append(&mut waiting),
        None => {
            return Parts {
                changes,
                rest: waiting,
            };
        }
    }
    Parts {
        changes,
        rest: Vec::new(),
    }
}

/// What a whole line is for: the strongest that its cmdlets are for, or nothing where one of them is not known.
fn role_of(line: &str, names: &[&str]) -> Option<Role> {
    let mut whole = Role::Look;
    for name in names {
        whole = match (whole, role(name, line)?) {
            (Role::Elsewhere(shell), _) | (_, Role::Elsewhere(shell)) => Role::Elsewhere(shell),
            (Role::Change(one), Role::Change(other)) => Role::Change(one.max(other)),
            (Role::Change(phase), Role::Look) | (Role::Look, Role::Change(phase)) => {
                Role::Change(phase)
            }
            (Role::Look, Role::Look) => Role::Look,
        };
    }
    Some(whole)
}

/// The commands among the lines, without the quotes that make no difference.
fn runs_of(lines: &[String]) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let runs = lines
        .iter()
        .filter(|line| cmdlets(line, &mut known).is_ok());
    runs.map(|line| spelled_alike(line)).collect()
}

/// A command without the quotes of plain words, which one rule writes and another does not.
fn spelled_alike(line: &str) -> String {
    let words = line.trim().split(' ').map(|word| {
        let inside = word
            .strip_prefix('\'')
            .and_then(|word| word.strip_suffix('\''));
        let is_plain =
            |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        inside.filter(is_plain).unwrap_or(word)
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Fingerprint;
    use crate::report::human::samples::{finding, place, report, source};

    /// The findings of remedies, with their codes.
    fn findings(remedies: &[(&'static str, &[&str])]) -> Vec<Finding> {
        let mut report = report();
        let file = source(&mut report, "a.json", b"[1]");
        let one = |(index, (code, lines)): (usize, &(&'static str, &[&str]))| {
            let mut one = finding(code, place(&report, file, 1, 1, ""));
            one.code = code;
            one.fingerprint = Fingerprint([index as u8; 16]);
            one.remedy.commands = lines.iter().map(|line| (*line).to_owned()).collect();
            one
        };
        remedies.iter().enumerate().map(one).collect()
    }

    /// The steps of remedies: the codes that ask for each, and its lines.
    fn steps(remedies: &[(&'static str, &[&str])]) -> Vec<(Vec<&'static str>, Vec<String>)> {
        let findings = findings(remedies);
        let changes = findings.iter().filter_map(|one| Change::all_of(one).ok());
        in_order(changes.flatten().collect())
            .into_iter()
            .map(|change| {
                let codes = change.findings.iter().map(|finding| finding.code);
                (codes.collect(), change.lines)
            })
            .collect()
    }

    const TAKE: &str = "Remove-CsPhoneNumberAssignment -Identity 'a@b.example' -PhoneNumber '+1'";
    const GIVE: &str = "Set-CsPhoneNumberAssignment -Identity 'a@b.example' -PhoneNumber '+1'";
    const GRANT: &str = "Grant-CsTeamsCallingPolicy -Identity 'a@b.example' -PolicyName $null";

    #[test]
    fn what_takes_off_and_gives_again_stays_together() {
        let steps = steps(&[("A", &["# why", TAKE, "# wait", GIVE, "# if not"])]);
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].1, ["# why", TAKE, "# wait", GIVE, "# if not"]);
    }

    #[test]
    fn a_remedy_is_parted_where_others_come_between() {
        let delete = "Remove-MgUser -UserId 'a@b.example'";
        let unlicense =
            "Set-MgUserLicense -UserId 'c@b.example' -AddLicenses @() -RemoveLicenses @('x')";
        let steps = steps(&[
            ("A", &["# first", TAKE, "# look", delete, "# last"]),
            ("B", &[unlicense]),
            ("C", &[GRANT]),
        ]);
        let lines: Vec<Vec<&str>> = steps
            .iter()
            .map(|(_, lines)| lines.iter().map(String::as_str).collect())
            .collect();
        assert_eq!(
            lines,
            [
                vec![GRANT],
                vec!["# first", TAKE],
                vec![unlicense],
                vec!["# look", delete, "# last"]
            ]
        );
    }

    #[test]
    fn a_later_command_of_a_remedy_never_comes_earlier() {
        // Out of the usual order, on purpose: the rule knows why.
        let steps = steps(&[("A", &[TAKE, GRANT])]);
        assert_eq!(steps[0].1, [TAKE, GRANT]);
    }

    #[test]
    fn what_several_ask_for_is_done_once() {
        // One rule quotes a plain word, another one does not.
        let typed = format!("{TAKE} -PhoneNumberType 'OperatorConnect'");
        let bare = format!("{TAKE} -PhoneNumberType OperatorConnect");
        let same = steps(&[("A", &[&typed]), ("B", &["# look", &bare])]);
        assert_eq!(
            same,
            [(vec!["A", "B"], vec!["# look".to_owned(), typed.clone()])]
        );
        // The larger one takes the smaller one in, and stands where the larger one has to.
        let larger = steps(&[("A", &[TAKE]), ("B", &[TAKE, GIVE])]);
        assert_eq!(
            larger,
            [(vec!["B", "A"], vec![TAKE.to_owned(), GIVE.to_owned()])]
        );
        // Where each has something of its own, the second one says what was done.
        let other = GIVE.replace("+1", "+2");
        let crossed = steps(&[("A", &[TAKE, GIVE]), ("B", &[TAKE, &other])]);
        assert_eq!(
            crossed[1].1,
            [format!("# an earlier step has done this: {TAKE}"), other]
        );
    }

    #[test]
    fn names_that_differ_in_their_quotes_are_two_names() {
        let of =
            |name: &str| format!("Grant-CsTeamsCallingPolicy -Identity {name} -PolicyName $null");
        let (one, other) = (of("'o''hara'"), of("'ohara'"));
        assert_eq!(steps(&[("A", &[&one]), ("B", &[&other])]).len(), 2);
        assert_ne!(spelled_alike(&one), spelled_alike(&other));
    }

    #[test]
    fn what_nobody_gave_a_place_is_not_run() {
        for line in [
            "Remove-Everything -Identity 'a'",
            "Set-CsUser -Identity 'a' -LineURI $null",
            "Get-CsOnlineUser -Identity 'a'",
            "Update-MgUser -UserId 'a' -DisplayName 'b'",
            "Set-CsPhoneNumberAssignment -PhoneNumber <number>",
            "Get-CsOnlineUser > users.json",
        ] {
            let found = findings(&[("A", &[line])]);
            let Err(rest) = Change::all_of(&found[0]) else {
                panic!("{line} is run");
            };
            assert!(rest[0].ends_with(line), "{rest:?}");
        }
    }
}
