//! `tenantlint explain`: a rule's page in the terminal.

use std::io::{self, Write};

use super::args::Explain;
use super::exit::Exit;
use super::rules::Line;
use crate::report::for_terminal;
use crate::rules;

/// Characters of what was typed that are looked at.
const LONGEST: usize = 100;

/// Runs the command.
pub(super) fn run(
    explain: &Explain,
    out: &mut dyn Write,
    messages: &mut dyn Write,
) -> io::Result<Exit> {
    let Some(rule) = rules::find(&explain.rule) else {
        // What is longer than any name is no misspelled one, and need not be repeated.
        let typed = match explain.rule.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &explain.rule[..end]),
            None => explain.rule.clone(),
        };
        writeln!(
            messages,
            "error: there is no rule `{}`",
            for_terminal(&typed)
        )?;
        if let Some(near) = nearest(&typed) {
            writeln!(messages, "  help: did you mean `{near}`?")?;
        }
        writeln!(messages, "  help: `tenantlint rules` lists them all")?;
        return Ok(Exit::CouldNotAudit);
    };
    let page = &rule.page;
    let grades: Vec<&str> = page
        .severity
        .iter()
        .map(|severity| severity.name())
        .collect();
    writeln!(out, "{} {}", page.code, page.name)?;
    writeln!(out, "{}\n", page.title)?;
    writeln!(out, "category:   {}", page.category)?;
    writeln!(out, "severity:   {}", grades.join(", "))?;
    writeln!(out, "confidence: {}", page.confidence.name())?;
    let line = Line::of(rule);
    writeln!(out, "needs:      {}", line.needed())?;
    if !line.partial_without.is_empty() {
        let half = line.partial_without.join("; ");
        writeln!(out, "sees part:  without {half}")?;
    }
    if !line.superseded_by.is_empty() {
        let stronger = line.superseded_by.join(", ");
        writeln!(out, "silent:     where {stronger} finds the same fault")?;
    }
    writeln!(out, "{}", page.body.trim_end())?;
    writeln!(out, "\nSources:")?;
    for reference in &page.references {
        writeln!(out, "  {reference}")?;
    }
    Ok(Exit::Clean)
}

/// The rule whose name or code is nearest to what was typed, if any is near.
fn nearest(typed: &str) -> Option<&'static str> {
    let typed = typed.to_lowercase();
    rules::known()
        .iter()
        .flat_map(|rule| [rule.page.name, rule.page.code])
        .map(|name| {
            (
                strsim::normalized_damerau_levenshtein(&typed, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(one, _), (two, _)| one.total_cmp(two))
        .map(|(_, name)| name)
}
