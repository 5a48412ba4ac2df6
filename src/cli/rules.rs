//! `tenantlint rules`: the list of rules.

use std::io::{self, Write};

use serde::Serialize;

use super::args::{Rules, RulesFormat};
use super::exit::Exit;
use crate::rules::{self, Page};

/// Runs the command.
pub(super) fn run(arguments: &Rules, out: &mut dyn Write) -> io::Result<Exit> {
    let lines: Vec<Line> = rules::all()
        .iter()
        .map(|rule| Line::of(&rule.page))
        .collect();
    match arguments.format {
        RulesFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &lines)?;
            writeln!(out)?;
        }
        RulesFormat::Markdown => {
            writeln!(
                out,
                "| Code | Name | Category | Severity | Confidence | What it says |"
            )?;
            writeln!(out, "|---|---|---|---|---|---|")?;
            for line in &lines {
                writeln!(
                    out,
                    "| {} | [`{name}`](rules/{category}/{name}.md) | {category} | {} | {} | {} |",
                    line.code,
                    line.severity.join(", "),
                    line.confidence,
                    line.title,
                    name = line.name,
                    category = line.category,
                )?;
            }
        }
        RulesFormat::Human => {
            let widest = lines
                .iter()
                .map(|line| line.name.len())
                .max()
                .unwrap_or_default();
            for line in &lines {
                writeln!(
                    out,
                    "{}  {:widest$}  {:22}  {}",
                    line.code,
                    line.name,
                    line.severity.join(", "),
                    line.title
                )?;
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

/// One rule of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    code: &'static str,
    name: &'static str,
    category: &'static str,
    title: &'static str,
    severity: Vec<&'static str>,
    confidence: &'static str,
    needs: Vec<&'static str>,
    since: &'static str,
    status: &'static str,
}

impl Line {
    fn of(page: &Page) -> Self {
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
            needs: page.needs.iter().map(|need| need.export.name()).collect(),
            since: page.since,
            status: page.status,
        }
    }
}
