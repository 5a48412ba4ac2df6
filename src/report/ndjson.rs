//! One JSON document a line, each with its `type`: what log collectors and stream processors read.
//!
//! The first line is the `run`, with the counts; then come `problem`, `finding`, `fixed`, `change`, `earlier`, `notCompared`,
//! `step` and `coverage` lines, whose keys are those of the JSON report, version 1. `earlier` is the snapshot that this one
//! was compared with; a `notCompared` line has nothing but its `message`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::Report;
use super::json;

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    line("run", json::head(report), &mut out)?;
    for problem in &report.problems {
        line("problem", json::problem(report, problem), &mut out)?;
    }
    let findings = json::Elements::new(&report.findings, |finding| LineV1 {
        r#type: "finding",
        value: json::finding(report, finding),
    });
    json::write_list(&findings, b"\n", &mut out)?;
    if !report.findings.is_empty() {
        out.write_all(b"\n")?;
    }
    for fixed in &report.fixed {
        line("fixed", json::fixed(fixed), &mut out)?;
    }
    for change in report.drift.iter().flat_map(|drift| &drift.changes) {
        line("change", json::change(report, change), &mut out)?;
    }
    if let Some(drift) = &report.drift {
        line("earlier", json::snapshot(&drift.old), &mut out)?;
        for message in &drift.not_compared {
            line("notCompared", MessageV1 { message }, &mut out)?;
        }
    }
    for step in report.plan.iter().flat_map(|plan| &plan.steps) {
        line("step", json::step(report, step), &mut out)?;
    }
    for coverage in &report.coverage {
        line("coverage", json::coverage(coverage), &mut out)?;
    }
    out.flush()
}

#[derive(Serialize)]
struct MessageV1<'a> {
    message: &'a str,
}

#[derive(Serialize)]
struct LineV1<T> {
    r#type: &'static str,
    #[serde(flatten)]
    value: T,
}

fn line(kind: &'static str, value: impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let line = LineV1 {
        r#type: kind,
        value,
    };
    json::line(&line, out)
}
