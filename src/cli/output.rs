//! Where reports go: standard output, files, and the summary of a job.
//!
//! A report file is either the old one or the whole new one, whatever happens meanwhile: it is written beside its place
//! and then put there.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::args::{Format, Output, SarifTarget};
use super::judging::shown;
use crate::report::{
    Report, azure, concise, csv, for_terminal, github, gitlab, html, human, json, junit, markdown,
    ndjson, sarif,
};

/// What came of writing.
pub(super) struct Written {
    /// What could not be written, in words.
    pub(super) failures: Vec<String>,
    /// Whether standard output took what it was to get.
    pub(super) out: io::Result<()>,
}

/// Runs that GitHub takes in one file; it refuses one with more as a whole.
///
/// Source: <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.
const RUNS_FOR_GITHUB: usize = 20;

/// Refuses a report that the service which it is for would refuse.
pub(super) fn is_taken(wanted: &Output, snapshots: usize) -> Result<(), String> {
    let further = wanted.report.iter().map(|further| Some(further.format));
    let mut formats = std::iter::once(wanted.format).chain(further);
    if wanted.sarif_target != SarifTarget::Github
        || snapshots <= RUNS_FOR_GITHUB
        || !formats.any(|format| format == Some(Format::Sarif))
    {
        return Ok(());
    }
    Err(format!(
        "error: GitHub takes at most {RUNS_FOR_GITHUB} runs in one SARIF file, and a run is a snapshot; these are {snapshots}: check {RUNS_FOR_GITHUB} of them at a time"
    ))
}

/// Writes every report that was asked for. One that cannot be written keeps no other from its reader; the first of them
/// goes first.
pub(super) fn write(wanted: &Output, report: &Report, color: bool, out: &mut dyn Write) -> Written {
    let in_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    let format = wanted.format.unwrap_or(if in_github {
        Format::Github
    } else {
        Format::Human
    });
    let plain = Writer::to_file(wanted);
    let mut failures = Vec::new();
    let out = match wanted.to_file() {
        Some(path) => {
            failures.extend(file(path, |out| plain.write(format, report, out)).err());
            Ok(())
        }
        None => Writer {
            color,
            width: width(),
            ..plain
        }
        .write(format, report, out)
        .and_then(|()| out.flush()),
    };
    for further in &wanted.report {
        let put = file(&further.file, |out| {
            plain.write(further.format, report, out)
        });
        failures.extend(put.err());
    }
    if in_github
        && wanted.format.is_none()
        && let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
    {
        failures.extend(append(Path::new(&path), report).err());
    }
    Written { failures, out }
}

/// Says what could not be written, and whether there was any.
pub(super) fn tell(failures: &[String], messages: &mut dyn Write) -> io::Result<bool> {
    for text in failures {
        writeln!(messages, "{text}")?;
    }
    Ok(!failures.is_empty())
}

/// How formats for people are to look.
struct Writer {
    color: bool,
    width: usize,
    max_findings: Option<usize>,
    quiet: bool,
    sarif: sarif::Target,
}

impl Writer {
    /// A file has no color, and a width that any editor shows.
    fn to_file(wanted: &Output) -> Self {
        Self {
            color: false,
            width: 100,
            max_findings: wanted.max_findings,
            quiet: wanted.quiet,
            sarif: match wanted.sarif_target {
                SarifTarget::Generic => sarif::Target::Generic,
                SarifTarget::Github => sarif::Target::Github,
                SarifTarget::Azure => sarif::Target::Azure,
                SarifTarget::Gitlab => sarif::Target::Gitlab,
            },
        }
    }

    fn write(&self, format: Format, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Human => {
                let options = human::HumanOptions {
                    color: self.color,
                    width: self.width,
                    max_findings: self.max_findings,
                    quiet: self.quiet,
                };
                human::write(report, &options, out)
            }
            Format::Concise => concise::write(report, out),
            Format::Json => json::write(report, out),
            Format::Ndjson => ndjson::write(report, out),
            Format::Sarif => sarif::write(report, self.sarif, pipeline().as_ref(), out),
            Format::Junit => junit::write(report, out),
            Format::Markdown => markdown::write(report, out),
            Format::Html => html::write(report, out),
            Format::Csv => csv::write(report, out),
            Format::Github => github::write(report, out),
            Format::Azure => azure::write(report, out),
            Format::Gitlab => gitlab::write(report, out),
        }
    }
}

/// Writes a whole file or leaves the old one.
pub(super) fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let put = || -> io::Result<()> {
        // Pipes and devices have no place beside them.
        let special = path.metadata().is_ok_and(|known| !known.is_file());
        if special {
            let mut out = BufWriter::new(std::fs::OpenOptions::new().write(true).open(path)?);
            write(&mut out)?;
            return out.flush();
        }
        // A link stays one: what it leads to is replaced.
        let real = path.canonicalize();
        let path = real.as_deref().unwrap_or(path);
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        folder.metadata()?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tenantlint-");
        // Others may read a report as they may read the old one, or any new file.
        #[cfg(unix)]
        builder.permissions(match path.metadata() {
            Ok(old) => old.permissions(),
            Err(_) => std::os::unix::fs::PermissionsExt::from_mode(0o666),
        });
        let beside = builder.tempfile_in(folder).map_err(without_path)?;
        let mut out = BufWriter::with_capacity(64 * 1024, beside);
        write(&mut out)?;
        let beside = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        beside.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    put().map_err(|error| {
        let name = shown(path);
        format!("error: cannot write `{}`: {error}", for_terminal(&name))
    })
}

/// An error without the path of the file beside a report: nobody asked for that file.
fn without_path(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason.to_owned()),
        None => error,
    }
}

/// Adds the Markdown report to the summary of a job, which other steps write to as well.
fn append(path: &Path, report: &Report) -> Result<(), String> {
    let put = || -> io::Result<()> {
        let mut out = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)?;
        let mut page = Vec::new();
        markdown::write(report, &mut page)?;
        out.write_all(&page)
    };
    put().map_err(|error| {
        let name = shown(path);
        format!("error: cannot write `{}`: {error}", for_terminal(&name))
    })
}

/// The pipeline of Azure DevOps that this runs in.
///
/// Source: <https://learn.microsoft.com/azure/devops/pipelines/build/variables>.
fn pipeline() -> Option<sarif::Pipeline> {
    let told = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let collection = told("SYSTEM_COLLECTIONURI")?;
    let organization = collection.trim_end_matches('/').rsplit('/').next()?;
    Some(sarif::Pipeline {
        organization: organization.to_owned(),
        project: told("SYSTEM_TEAMPROJECT")?,
        definition_id: told("SYSTEM_DEFINITIONID")?.parse().ok()?,
        definition_name: told("BUILD_DEFINITIONNAME")?,
        phase_id: told("SYSTEM_PHASEID").or_else(|| told("SYSTEM_JOBID"))?,
        phase_name: told("SYSTEM_PHASENAME").or_else(|| told("SYSTEM_JOBNAME"))?,
        branch: told("BUILD_SOURCEBRANCH")?,
        build_id: told("BUILD_BUILDID")?,
    })
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}
