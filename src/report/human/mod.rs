//! The report for people: problems, findings with their evidence and remedy, and a summary for each snapshot.
//!
//! Findings of one rule with the same cause are folded, and `--max-findings` caps the rest; what is not printed is
//! counted, never dropped. Colours and width are the caller's decision. Whatever comes from an export or from a path
//! is escaped before it is written.

mod by_snapshot;
mod changes;
mod fold;
mod look;
mod plan;
#[cfg(test)]
pub(crate) mod samples;
mod snippet;
mod summary;
pub(super) mod window;
pub(crate) mod words;

use std::fmt::Write as _;
use std::io;

use self::by_snapshot::{Part, by_snapshot};
use self::fold::folds;
use self::look::{FAINT, KEY, Look, STRONG, severity_style};
use self::snippet::boxes;
use self::words::{Counts, number};
use super::escape::for_terminal;
use super::{Report, ReportedProblem};
use crate::finding::{Finding, Severity};

/// How the report is to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HumanOptions {
    /// Whether to write escape sequences for colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// How many findings are printed in full; `None` for all.
    pub max_findings: Option<usize>,
    /// Whether to leave out the summary.
    pub quiet: bool,
}

/// Findings of one cause that are printed before the rest is counted.
const SHOWN_OF_A_CAUSE: usize = 3;

/// Writes the report.
pub fn write(report: &Report, options: &HumanOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let mut printer = Printer {
        report,
        look: Look {
            color: options.color,
            width: options.width.clamp(40, 400),
        },
        left: options.max_findings.unwrap_or(usize::MAX),
        hidden: Counts::default(),
        is_begun: false,
        out,
    };
    if let Some(notice) = report.notice() {
        printer.block(&format!("{notice}\n"))?;
    }
    let parts = by_snapshot(report);
    for (part, snapshot) in parts.iter().zip(0..) {
        if parts.len() > 1 {
            printer.heading(part, snapshot, parts.len())?;
        }
        printer.problems(part)?;
        printer.findings(part)?;
    }
    if let Some(cap) = options.max_findings {
        printer.hidden(cap)?;
    }
    if let Some(drift) = &report.drift
        && !options.quiet
    {
        printer.block(&changes::fixed(report, printer.look))?;
        printer.block(&changes::of(
            report,
            drift,
            options.max_findings,
            printer.look,
        ))?;
    }
    if let Some(plan) = &report.plan
        && !options.quiet
    {
        let limit = options.max_findings;
        printer.block(&plan::of(report, plan, limit, printer.look))?;
    }
    if !options.quiet {
        for (part, snapshot) in parts.iter().zip(0..) {
            let text = summary::of_snapshot(report, part, snapshot, printer.look);
            printer.block(&text)?;
        }
        if parts.len() > 1 {
            printer.block(&summary::of_all(report, &parts, printer.look))?;
        }
    }
    Ok(())
}

/// How a snapshot is called.
fn snapshot_path(report: &Report, snapshot: u32) -> String {
    match report.snapshots.get(snapshot as usize) {
        Some(summary) => for_terminal(&summary.path).into_owned(),
        None => format!("snapshot {}", snapshot + 1),
    }
}

/// Writes blocks with a blank line between them, and keeps count of what it may still print.
struct Printer<'r, 'o> {
    report: &'r Report,
    look: Look,
    /// Findings that may still be printed in full.
    left: usize,
    /// Findings that were neither printed nor counted as "more like this".
    hidden: Counts,
    is_begun: bool,
    out: &'o mut dyn io::Write,
}

impl Printer<'_, '_> {
    /// Writes lines that belong together, if there are any.
    fn block(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if self.is_begun {
            self.out.write_all(b"\n")?;
        }
        self.is_begun = true;
        self.out.write_all(text.as_bytes())
    }

    fn heading(&mut self, part: &Part, snapshot: u32, snapshots: usize) -> io::Result<()> {
        let is_without_findings = part.folds.is_empty() || self.left == 0;
        if part.problems.is_empty() && is_without_findings {
            return Ok(());
        }
        let path = snapshot_path(self.report, snapshot);
        let text = format!("snapshot {} of {snapshots}: {path}", snapshot + 1);
        let text = format!("{}\n", self.look.paint(STRONG, &text));
        self.block(&text)
    }

    fn problems(&mut self, part: &Part) -> io::Result<()> {
        for members in folds(&part.problems) {
            for problem in members.iter().take(SHOWN_OF_A_CAUSE) {
                self.problem(problem)?;
            }
            self.more(members.len(), "--format json lists all")?;
        }
        Ok(())
    }

    fn findings(&mut self, part: &Part) -> io::Result<()> {
        for members in &part.folds {
            let printed = SHOWN_OF_A_CAUSE.min(members.len()).min(self.left);
            for finding in &members[..printed] {
                self.finding(finding)?;
            }
            self.left -= printed;
            let first = members[0];
            if printed == SHOWN_OF_A_CAUSE {
                let more = format!("tenantlint explain {}; --format json lists all", first.code);
                self.more(members.len(), &more)?;
            } else {
                let hidden = members.len() - printed;
                self.hidden.add_many(first.severity, hidden as u64);
            }
        }
        Ok(())
    }

    /// Counts the members of a fold that were not printed.
    fn more(&mut self, members: usize, how: &str) -> io::Result<()> {
        let rest = members.saturating_sub(SHOWN_OF_A_CAUSE);
        if rest == 0 {
            return Ok(());
        }
        let text = format!("  and {} more like this", number(rest as u64));
        let how = self.look.paint(FAINT, &format!("({how})"));
        self.block(&format!("{text} {how}\n"))
    }

    /// Counts the findings behind the cap.
    fn hidden(&mut self, cap: usize) -> io::Result<()> {
        let total = self.hidden.total();
        if total == 0 {
            return Ok(());
        }
        let noun = if total == 1 { "finding" } else { "findings" };
        let text = format!(
            "and {} more {noun} not shown: {}",
            number(total),
            self.hidden
        );
        let how = format!("(--max-findings {cap}; --format json lists all)");
        let text = format!(
            "{} {}\n",
            self.look.paint(STRONG, &text),
            self.look.paint(FAINT, &how)
        );
        self.block(&text)
    }

    fn head(&self, severity: Severity, code: &str, message: &str) -> String {
        let word = self.look.paint(
            severity_style(severity),
            &format!("{}{code}", severity.name()),
        );
        let message = self.look.paint(STRONG, &for_terminal(message));
        format!("{word} {message}\n")
    }

    fn problem(&mut self, problem: &ReportedProblem) -> io::Result<()> {
        let mut text = self.head(problem.severity, ":", &problem.message);
        if let Some(location) = &problem.location {
            text.push_str(&boxes(&self.report.sources, [location], self.look));
        }
        if !problem.blinds.is_empty() {
            let key = self.look.paint(KEY, "blinds:");
            let _ = writeln!(text, "  {key} {}", problem.blinds.join(", "));
        }
        self.block(&text)
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let code = format!("[{}]", finding.code);
        let mut text = self.head(finding.severity, &code, &finding.message);
        let places = std::iter::once(&finding.location).chain(&finding.related);
        text.push_str(&boxes(&self.report.sources, places, self.look));
        if let Some(cause) = &finding.cause {
            let key = self.look.paint(KEY, "cause:");
            let _ = writeln!(text, " {key} {}", for_terminal(cause));
        }
        let commands = finding.remedy.commands.iter().map(String::as_str);
        let help = std::iter::once(&*finding.remedy.summary).chain(commands);
        // Never wrapped: what is copied from the terminal has to be what the rule wrote.
        for (number, line) in help.filter(|line| !line.is_empty()).enumerate() {
            let line = for_terminal(line);
            if number == 0 {
                let key = self.look.paint(KEY, "help:");
                let _ = writeln!(text, "  {key} {line}");
            } else {
                let _ = writeln!(text, "        {line}");
            }
        }
        let key = self.look.paint(KEY, "more:");
        let _ = writeln!(text, "  {key} tenantlint explain {}", finding.rule);
        self.block(&text)
    }
}

#[cfg(test)]
mod tests;
