//! `check --history` and `tenantlint history`: what earlier runs found.

use std::path::Path;

use super::judging::shown;
use crate::history::{History, HistoryError, runs_of};
use crate::report::{Report, for_terminal};

/// Records a report in a history, and gives the report its trend.
pub(super) fn record(path: &Path, report: &mut Report) -> Result<(), String> {
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

fn told(path: &Path, error: &HistoryError) -> String {
    let text = format!("`{}` {error}", shown(path));
    format!("error: {}", for_terminal(&text))
}
