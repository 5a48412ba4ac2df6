//! `check --history` and `tenantlint history`: what earlier runs found.

use std::io::{self, Write};
use std::path::Path;

use super::apart::real;
use super::args::{Check, HistoryFormat, HistoryOf, beside_standard_output};
use super::exit::Exit;
use super::judging::{give_up, shown};
use super::output;
use crate::history::{
    History, HistoryError, TenantHistory, csv, html, human, json, runs_of, untold_tenants,
};
use crate::report::{Report, for_terminal};

/// Runs `tenantlint history`.
pub(super) fn run(
    of: &HistoryOf,
    out: &mut dyn Write,
    messages: &mut dyn Write,
) -> io::Result<Exit> {
    let output = beside_standard_output(of.output.as_ref());
    if let Some(output) = output
        && let Err(text) = keep_apart(&of.file, output)
    {
        return give_up(messages, &text);
    }
    let tenants = match History::open(&of.file).and_then(|history| history.tenants()) {
        Ok(tenants) => tenants,
        Err(error) => return give_up(messages, &told(&of.file, &error)),
    };
    let tenants = match &of.tenant {
        None => tenants,
        Some(wanted) => {
            let chosen = only(tenants, wanted);
            if chosen.is_empty() {
                let text = format!("error: `{}` holds no tenant `{wanted}`", shown(&of.file));
                return give_up(messages, &for_terminal(&text));
            }
            chosen
        }
    };
    let write = |out: &mut dyn Write| match of.format {
        HistoryFormat::Human => human::write(&tenants, out),
        HistoryFormat::Html => html::write(&tenants, out),
        HistoryFormat::Json => json::write(&tenants, out),
        HistoryFormat::Csv => csv::write(&tenants, out),
    };
    match output {
        None => write(out)?,
        Some(path) => {
            if let Err(text) = output::file(path, write) {
                return give_up(messages, &text);
            }
        }
    }
    Ok(Exit::Clean)
}

/// Records a report in a history, and gives the report its trend.
pub(super) fn record(path: &Path, report: &mut Report) -> Result<(), String> {
    report.problems.extend(untold_tenants(report));
    report.sort_problems();
    let runs = runs_of(report)
        .map_err(|undated| format!("error: {}", for_terminal(&undated.to_string())))?;
    let keep = || -> Result<_, HistoryError> {
        let mut history = History::open_or_create(path)?;
        history.record(&runs)?;
        history.trends(report)
    };
    report.trend = keep().map_err(|error| told(path, &error))?;
    Ok(())
}

/// Refuses to write anything else where the history is, and the history where a snapshot is.
pub(super) fn is_apart(check: &Check) -> Result<(), String> {
    let Some(history) = &check.history else {
        return Ok(());
    };
    let further = check.output.report.iter();
    let further = further.map(|report| report.file.as_path());
    further
        .chain(check.output.to_file())
        .chain(check.write_baseline.as_deref())
        .try_for_each(|other| keep_apart(history, other))?;
    let mut read = check.paths.iter().chain(&check.previous);
    read.try_for_each(|snapshot| keep_outside(history, snapshot))
}

/// The tenants of that id or name.
fn only(tenants: Vec<TenantHistory>, wanted: &str) -> Vec<TenantHistory> {
    let wanted = wanted.to_lowercase();
    let is_wanted = |text: &str| text.to_lowercase() == wanted;
    tenants
        .into_iter()
        .filter(|one| is_wanted(&one.id) || one.name.as_deref().is_some_and(is_wanted))
        .collect()
}

/// A report takes the place of what was there: months of runs must not be that.
fn keep_apart(history: &Path, report: &Path) -> Result<(), String> {
    if real(history).is_some_and(|one| real(report) == Some(one)) {
        let name = shown(report);
        let name = for_terminal(&name);
        return Err(format!(
            "error: `{name}` is the history: write the report into another file"
        ));
    }
    Ok(())
}

/// Every run would change a snapshot that holds its history: the same exports would be another entry each time.
fn keep_outside(history: &Path, snapshot: &Path) -> Result<(), String> {
    let (Some(file), Some(folder)) = (real(history), real(snapshot)) else {
        return Ok(());
    };
    if file.starts_with(folder) {
        let text = format!(
            "error: the history `{}` is part of the snapshot `{}`, which it would change: keep it elsewhere",
            shown(history),
            shown(snapshot)
        );
        return Err(for_terminal(&text).into_owned());
    }
    Ok(())
}

fn told(path: &Path, error: &HistoryError) -> String {
    let text = format!("`{}` {error}", shown(path));
    format!("error: {}", for_terminal(&text))
}
