//! What can be typed.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::source::Budget;

/// Offline compliance and audit linter for exported Microsoft Teams Phone tenants.
#[derive(Debug, Parser)]
#[command(name = "tenantlint", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 could not audit, \
    3 --require-coverage and a rule was not evaluated."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check exported tenants
    Check(Box<Check>),
    /// Compare two snapshots of a tenant: findings new, fixed and unchanged, and what changed
    Diff(Box<Diff>),
    /// Check planned changes before they are made: what they need, in which order, and what they make better or worse
    Plan(Box<PlanOf>),
    /// Tell what recorded runs found: trend, age of open findings, time to fix, what comes back
    History(HistoryOf),
    /// Write the remedies of open findings as one PowerShell script that changes nothing until it is told to
    Script(Box<Script>),
    /// Explain a rule: what it checks, why, and what to do
    Explain(Explain),
    /// List the rules
    Rules(Rules),
    /// Print a JSON Schema
    Schema(Schema),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Snapshots: a folder of exports each, or bare export files that form one together
    #[arg(required = true, value_name = "SNAPSHOT")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) output: Output,

    /// Known findings that do not count, as --write-baseline wrote them
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write all findings that no exception accepts into a file, for --baseline
    #[arg(long, value_name = "FILE", value_parser = beside_report())]
    pub(super) write_baseline: Option<PathBuf>,

    /// Record each snapshot in a history, an SQLite database, that is made where it is missing
    #[arg(long, value_name = "FILE", value_parser = beside_report())]
    pub(super) history: Option<PathBuf>,

    #[command(flatten)]
    pub(super) settings: Settings,

    /// Snapshot of the same tenant at an earlier time, for rules that compare; one for each tenant
    #[arg(long, value_name = "SNAPSHOT")]
    pub(super) previous: Vec<PathBuf>,

    /// When to show a bar on standard error while a long run reads
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) progress: When,

    /// Say on standard error where the time and the memory of the run went
    #[arg(long)]
    pub(super) stats: bool,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The earlier snapshot: a folder, an archive or a bundle
    #[arg(value_name = "OLD")]
    pub(super) old: PathBuf,

    /// The later snapshot of the same tenant
    #[arg(value_name = "NEW")]
    pub(super) new: PathBuf,

    #[command(flatten)]
    pub(super) output: Output,

    #[command(flatten)]
    pub(super) settings: Settings,
}

#[derive(Debug, Args)]
// Such a report is full of what the plan names: it cannot be redacted.
#[command(
    mut_arg("redact", |redact| redact.hide(true)),
    mut_arg("redact_key_file", |key| key.hide(true))
)]
pub(super) struct PlanOf {
    /// Snapshot of the tenant: a folder, an archive or a bundle
    #[arg(value_name = "SNAPSHOT")]
    pub(super) snapshot: PathBuf,

    /// Plans: TOML with steps, or CSV with one step a row; several are carried out one after the other
    #[arg(required = true, value_name = "PLAN")]
    pub(super) plans: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) output: Output,

    /// Write the plan as a PowerShell script that changes nothing until it is told to
    #[arg(long, value_name = "FILE", value_parser = beside_report())]
    pub(super) emit_script: Option<PathBuf>,

    /// Write the steps that take the plan back as a PowerShell script, the last step first
    #[arg(long, value_name = "FILE", value_parser = beside_report())]
    pub(super) emit_rollback: Option<PathBuf>,

    #[command(flatten)]
    pub(super) settings: Settings,
}

#[derive(Debug, Args)]
pub(super) struct Script {
    /// Snapshot: a folder, an archive or a bundle
    #[arg(value_name = "SNAPSHOT")]
    pub(super) path: PathBuf,

    /// File for the script, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) judged: Judged,
}

/// Where the report goes and how it looks.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Format of the report [default: human; in GitHub Actions github, and a Markdown summary of the job]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<Format>,

    /// File for the report, instead of standard output
    #[arg(long = "output", value_name = "FILE")]
    file: Option<PathBuf>,

    /// A further report in a file of its own, such as sarif=report.sarif; repeatable
    #[arg(long, value_name = "FORMAT=FILE", value_parser = FurtherReport::parse)]
    pub(super) report: Vec<FurtherReport>,

    /// Put pseudonyms for names, numbers, ids and paths in every report; baselines stay plain
    #[arg(long)]
    pub(super) redact: bool,

    /// Key of the pseudonyms, so that they stay the same from run to run [default: a random key for each run]
    #[arg(long, value_name = "FILE", requires = "redact")]
    pub(super) redact_key_file: Option<PathBuf>,

    /// Service that reads the SARIF report
    #[arg(long, value_enum, default_value = "generic", value_name = "SERVICE")]
    pub(super) sarif_target: SarifTarget,

    /// Print at most this many findings in full (human format only)
    #[arg(long, value_name = "N")]
    pub(super) max_findings: Option<usize>,

    /// When to use color
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,

    /// Findings and problems only, no summary (human format only)
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl Output {
    /// The file of the first report; `None` for standard output.
    pub(super) fn to_file(&self) -> Option<&Path> {
        beside_standard_output(self.file.as_ref())
    }
}

/// The file that is named, unless by `-`: that is standard output everywhere.
pub(super) fn beside_standard_output(file: Option<&PathBuf>) -> Option<&Path> {
    file.map(PathBuf::as_path)
        .filter(|path| *path != Path::new(DASH))
}

/// What stands for standard output, or standard input.
pub(super) const DASH: &str = "-";

/// A file that is written beside the report: standard output has one thing to take.
fn beside_report() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path == Path::new(DASH) {
            Err("standard output takes one report, that of --format: name a file, or write `./-`")
        } else {
            Ok(path)
        }
    })
}

/// What is judged, and what counts.
#[derive(Debug, Args)]
pub(super) struct Settings {
    #[command(flatten)]
    pub(super) judged: Judged,

    /// Fail from this severity on [default: error]
    #[arg(long, value_parser = PossibleValuesParser::new(["error", "warning", "info", "never"]), value_name = "SEVERITY")]
    pub(super) fail_on: Option<String>,

    /// Fail when a rule was not evaluated, may not have seen all, or could not decide about a subject
    #[arg(long)]
    pub(super) require_coverage: bool,
}

/// What is judged.
#[derive(Debug, Args)]
pub(super) struct Judged {
    /// Project file, instead of the `tenantlint.toml` found from the working directory upwards
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Rules to run: names, codes, code prefixes such as OC, categories, or ALL; replaces the project file's
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) select: Option<Vec<String>>,

    /// Rules not to run; adds to the project file's and beats --select
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) ignore: Vec<String>,

    /// `strict` adds rules of low confidence [default: default]
    #[arg(long, value_parser = PossibleValuesParser::new(["default", "strict"]), value_name = "PROFILE")]
    pub(super) profile: Option<String>,

    /// The moment that rules take for now, such as 2026-09-14T05:30:00Z, instead of the snapshot's export time
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// Refuse to read more than this, all exports together and unpacked, such as 500MB [default: 64GB]
    #[arg(long, value_parser = super::size::parse, default_value_t = Budget::DEFAULT, hide_default_value = true, value_name = "SIZE")]
    pub(super) max_input: u64,

    /// Threads to use [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "N")]
    pub(super) threads: Option<u16>,
}

/// Formats of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people, with snippets of the exports
    Human,
    /// One line a finding
    Concise,
    /// JSON, version 1 (see `tenantlint schema report`)
    Json,
    /// JSON, a document a line
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// `JUnit`, for test pages
    Junit,
    /// Markdown, for summaries of jobs and for tickets
    Markdown,
    /// A page for a browser: one file that needs no network
    Html,
    /// A table for spreadsheets
    Csv,
    /// Annotations of GitHub Actions
    Github,
    /// Issues of Azure Pipelines
    Azure,
    /// Code Quality report of GitLab
    Gitlab,
}

/// Services that read SARIF.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum SarifTarget {
    /// Any reader of the standard
    Generic,
    /// GitHub code scanning: at most 20 snapshots, 5,000 results of each, accepted findings left out
    Github,
    /// Azure `DevOps` Advanced Security: 5,000 results
    Azure,
    /// GitLab
    Gitlab,
}

/// A format and the file that it goes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct FurtherReport {
    pub(super) format: Format,
    pub(super) file: PathBuf,
}

impl FurtherReport {
    fn parse(text: &str) -> Result<Self, String> {
        let (format, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or("it is written FORMAT=FILE, such as sarif=report.sarif")?;
        let known = Format::value_variants().iter();
        let names: Vec<String> = known
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        let format = Format::from_str(format, true).map_err(|_| {
            format!(
                "there is no format `{format}`; there are {}",
                names.join(", ")
            )
        })?;
        if file == DASH {
            let format = format
                .to_possible_value()
                .map_or_else(String::new, |known| known.get_name().to_owned());
            return Err(format!(
                "standard output takes one report: write --format {format} for this one"
            ));
        }
        let file = PathBuf::from(file);
        Ok(Self { format, file })
    }
}

/// Whether to use color, or to show a bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum When {
    /// On a terminal that wants it
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Args)]
pub(super) struct HistoryOf {
    /// Database that `check --history` recorded in
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,

    /// Format of the history
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(super) format: HistoryFormat,

    /// File for the history, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Tell of this tenant only: its id or its name
    #[arg(long, value_name = "TENANT")]
    pub(super) tenant: Option<String>,
}

/// Formats of a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum HistoryFormat {
    /// For people, the oldest findings and the newest runs first
    Human,
    /// A page for a browser: one file that needs no network
    Html,
    /// JSON, version 1 (see `tenantlint schema history`)
    Json,
    /// A table for spreadsheets: the open findings with their ages
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Name or code of the rule
    pub(super) rule: String,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// Format of the list
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(super) format: RulesFormat,
}

/// Formats of the list of rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum RulesFormat {
    /// A table for people
    Human,
    /// JSON
    Json,
    /// A Markdown table
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Which schema
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

/// What a schema is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum SchemaOf {
    /// The JSON report
    Report,
    /// A plan in TOML
    Plan,
    /// The JSON history
    History,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
