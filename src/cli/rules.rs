//! `tenantlint rules`: the list of rules.

use std::io::{self, Write};

use serde::Serialize;

use super::args::{Rules, RulesFormat};
use super::exit::Exit;
use crate::rules::superseding::stronger_than;
use crate::rules::{self, Check, Need, Rule};

/// Runs the command.
pub(super) fn run(arguments: &Rules, out: &mut dyn Write) -> io::Result<Exit> {
    let lines: Vec<Line> = rules::known().iter().map(Line::of).collect();
    match arguments.format {
        RulesFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &lines)?;
            writeln!(out)?;
        }
        RulesFormat::Markdown => {
            writeln!(
                out,
                "| Code | Name | Category | Severity | Confidence | Needs | What it says |"
            )?;
            writeln!(out, "|---|---|---|---|---|---|---|")?;
            for line in &lines {
                writeln!(
                    out,
                    "| {} | [`{name}`](rules/{category}/{name}.md) | {category} | {} | {} | {} | {} |",
                    line.code,
                    line.severity.join(", "),
                    line.confidence,
                    line.needed(),
                    line.title,
                    name = line.name,
                    category = line.category,
                )?;
            }
        }
        RulesFormat::Human => {
            let table: Vec<[String; 6]> = std::iter::once(HEADINGS.map(str::to_owned))
                .chain(lines.iter().map(Line::cells))
                .collect();
            let width = |column: usize| {
                let widths = table.iter().map(|cells| cells[column].len());
                widths.max().unwrap_or_default()
            };
            let widths: [usize; 5] = std::array::from_fn(width);
            for cells in &table {
                for (cell, width) in cells.iter().zip(widths) {
                    write!(out, "{cell:width$}  ")?;
                }
                writeln!(out, "{}", cells[5])?;
            }
            let plural = if lines.len() == 1 { "" } else { "s" };
            writeln!(
                out,
                "\n{} rule{plural}; `tenantlint explain RULE` tells more",
                lines.len()
            )?;
        }
    }
    Ok(Exit::Clean)
}

const HEADINGS: [&str; 6] = [
    "CODE",
    "NAME",
    "CATEGORY",
    "SEVERITY",
    "CONFIDENCE",
    "NEEDS",
];

/// One rule of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    code: &'static str,
    name: &'static str,
    category: &'static str,
    title: &'static str,
    severity: Vec<&'static str>,
    confidence: &'static str,
    needs: Vec<&'static str>,
    any_of: Vec<Vec<&'static str>>,
    pub(super) partial_without: Vec<String>,
    pub(super) superseded_by: Vec<&'static str>,
    since: &'static str,
    status: &'static str,
    /// Whether it is over plans.
    #[serde(skip)]
    is_of_plans: bool,
}

impl Line {
    pub(super) fn of(rule: &Rule) -> Self {
        let page = &rule.page;
        Self {
            code: page.code,
            name: page.name,
            category: page.category,
            title: page.title,
            severity: page
                .severity
                .iter()
                .map(|severity| severity.name())
                .collect(),
            confidence: page.confidence.name(),
            needs: exports(&page.needs),
            partial_without: page
                .partial_without
                .iter()
                .map(|need| format!("{} with {}", need.export.name(), need.properties.join(", ")))
                .collect(),
            superseded_by: stronger_than(page.code).collect(),
            any_of: page.any_of.iter().map(|needs| exports(needs)).collect(),
            since: page.since,
            status: page.status,
            is_of_plans: matches!(rule.check, Check::Plan),
        }
    }

    fn cells(&self) -> [String; 6] {
        [
            self.code.to_owned(),
            self.name.to_owned(),
            self.category.to_owned(),
            self.severity.join(", "),
            self.confidence.to_owned(),
            self.needed(),
        ]
    }

    /// The exports that it cannot do without; of alternatives, one is enough. A rule over plans needs one of those.
    pub(super) fn needed(&self) -> String {
        if self.is_of_plans {
            return "a plan".to_owned();
        }
        let mut parts: Vec<String> = self.needs.iter().map(|name| (*name).to_owned()).collect();
        parts.extend(
            self.any_of
                .iter()
                // Another property of an export that is needed anyway does as well.
                .filter(|names| !names.iter().any(|name| self.needs.contains(name)))
                .map(|names| names.join(" or ")),
        );
        parts.join(", ")
    }
}

/// Names of exports, each once, in order.
fn exports(needs: &[Need]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for need in needs {
        let name = need.export.name();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
