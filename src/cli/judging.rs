//! What every command that judges snapshots does first and last: settings, loading, and the exit code.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::args::{DASH, Judged, Output, Settings, When};
use super::exit::Exit;
use super::project_file::Search;
use super::{redacting, size};
use crate::config::{FailOn, Overrides, Policy, Profile, ProjectFile};
use crate::finding::{Problem, Severity};
use crate::report::redact::Key;
use crate::report::{Report, for_terminal};
use crate::rules::{self, Rule};
use crate::snapshot::{
    ExportKind, Input, Moment, Request, Snapshot, begins_like_bundle, load, load_all,
};
use crate::source::{Budget, Encoding, Found, Sources, discover};
use crate::tenant::{Tenant, build};

/// Bytes of the longest project file that is read: an exception is some 200.
const LONGEST_PROJECT_FILE: u64 = 16_000_000;

/// The exports without which nothing can be said.
const ESSENTIAL: [ExportKind; 8] = [
    ExportKind::OnlineUser,
    ExportKind::PhoneNumberAssignment,
    ExportKind::OnlineApplicationInstance,
    ExportKind::OnlineVoiceRoutingPolicy,
    ExportKind::OnlinePstnUsage,
    ExportKind::OnlineVoiceRoute,
    ExportKind::OnlinePstnGateway,
    ExportKind::TeamsUpgradePolicy,
];

/// What the user wants, resolved.
pub(super) struct Judging {
    pub(super) policy: Policy,
    pub(super) as_of: Option<Moment>,
    pub(super) color: bool,
    /// The key of redacted reports, where they are to be.
    pub(super) key: Option<Key>,
    pub(super) require_coverage: bool,
    /// How much may be read.
    pub(super) budget: Budget,
    /// Where the project file is that was read.
    pub(super) project_file: Option<PathBuf>,
    /// That a project file is not obeyed.
    warning: Option<String>,
}

impl Judging {
    /// The same for a command that judges tenants alone. It fails where no rule over tenants is on: a run that judges
    /// nothing and succeeds is no audit.
    pub(super) fn of_tenants(
        settings: &Settings,
        output: &Output,
        snapshots: &[&Path],
    ) -> Result<Self, String> {
        let judging = Self::prepare(settings, output, snapshots)?;
        judging.has_rules(rules::all(), "tenants").map(|()| judging)
    }

    /// The same for a command that judges plans.
    pub(super) fn of_plans(
        settings: &Settings,
        output: &Output,
        snapshots: &[&Path],
    ) -> Result<Self, String> {
        let judging = Self::prepare(settings, output, snapshots)?;
        judging
            .has_rules(rules::of_plans(), "plans")
            .map(|()| judging)
    }

    /// Holds that one of these rules is on.
    fn has_rules(&self, rules: &[Rule], over: &str) -> Result<(), String> {
        if rules.iter().any(|rule| self.policy.is_on(rule)) {
            return Ok(());
        }
        Err(format!(
            "error: no rule over {over} is on, so nothing would be checked\n  \
             help: see which rules `--select`, `--ignore`, `--profile` and the project file leave; \
             `tenantlint rules` lists all of them"
        ))
    }

    /// Tells of a project file that is not obeyed.
    pub(super) fn warn(&self, messages: &mut dyn Write) -> io::Result<()> {
        let mut warnings = self.warning.iter();
        warnings.try_for_each(|text| writeln!(messages, "{text}"))
    }

    /// Reads the project file and the command line; the error is a text for the user.
    fn prepare(settings: &Settings, output: &Output, snapshots: &[&Path]) -> Result<Self, String> {
        let color = match output.color {
            When::Always => Color::everywhere(true),
            When::Never => Color::everywhere(false),
            When::Auto => Color::of_terminals(),
        };
        let overrides = Overrides {
            fail_on: settings.fail_on.as_deref().and_then(FailOn::from_name),
            ..overrides(&settings.judged)
        };
        let judging = Self::resolve(&settings.judged, snapshots, &overrides, color)?;
        Ok(Self {
            key: redacting::key(output)?,
            require_coverage: settings.require_coverage,
            ..judging
        })
    }

    /// The same where findings do not decide how the run ends.
    pub(super) fn without_verdict(judged: &Judged, snapshots: &[&Path]) -> Result<Self, String> {
        let judging = Self::resolve(judged, snapshots, &overrides(judged), Color::of_terminals())?;
        judging.has_rules(rules::all(), "tenants").map(|()| judging)
    }

    fn resolve(
        judged: &Judged,
        snapshots: &[&Path],
        overrides: &Overrides,
        color: Color,
    ) -> Result<Self, String> {
        if let Some(threads) = judged.threads {
            // Only fails when a pool exists already, which then serves as well.
            let _ = rayon::ThreadPoolBuilder::new()
                .num_threads(usize::from(threads))
                .build_global();
        }
        let search = match (&judged.config, std::env::current_dir()) {
            (None, Ok(here)) => Search::from(&here, snapshots),
            _ => Search::default(),
        };
        let warning = search.warning();
        let project_file = judged.config.clone().or(search.file);
        let policy = policy(project_file.as_deref(), overrides, color.of_messages)?;
        let moment = |text: &String| {
            Moment::parse(text).ok_or_else(|| {
                let text = for_terminal(text);
                format!("error: `{text}` is no time: write it like `2026-09-14T05:30:00Z`")
            })
        };
        Ok(Self {
            policy,
            as_of: judged.as_of.as_ref().map(moment).transpose()?,
            color: color.of_reports,
            key: None,
            require_coverage: false,
            budget: Budget::of(judged.max_input),
            project_file,
            warning,
        })
    }
}

/// What shows color: the one may be a terminal while the other is a file.
#[derive(Clone, Copy)]
struct Color {
    of_reports: bool,
    of_messages: bool,
}

impl Color {
    fn everywhere(color: bool) -> Self {
        Self {
            of_reports: color,
            of_messages: color,
        }
    }

    fn of_terminals() -> Self {
        use anstream::{AutoStream, ColorChoice};
        Self {
            of_reports: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            of_messages: AutoStream::choice(&io::stderr()) != ColorChoice::Never,
        }
    }
}

/// What the command line wants to be judged.
fn overrides(judged: &Judged) -> Overrides {
    Overrides {
        profile: judged.profile.as_deref().and_then(Profile::from_name),
        fail_on: None,
        select: judged.select.clone(),
        ignore: judged.ignore.clone(),
    }
}

/// Whether a snapshot holds nothing that can be judged.
pub(super) fn is_useless(tenant: &Tenant) -> bool {
    let mut kinds = tenant.snapshot.exports.keys();
    kinds.all(|kind| *kind == ExportKind::Manifest)
}

/// Loads one snapshot as found on disk.
pub fn load_tenant(found: &Found, index: u32, sources: &mut Sources) -> Tenant {
    let request = request(found, index);
    let snapshot = load(request.path, request.index, request.inputs, sources);
    build(with_fault(snapshot, found))
}

/// Reads snapshots as found on disk side by side, the first of them with that number.
pub(super) fn read_snapshots(found: &[Found], first: u32, sources: &mut Sources) -> Vec<Snapshot> {
    let requests = (first..).zip(found);
    let requests = requests.map(|(index, found)| request(found, index));
    let snapshots = load_all(requests.collect(), sources);
    let snapshots = snapshots.into_iter().zip(found);
    snapshots
        .map(|(snapshot, found)| with_fault(snapshot, found))
        .collect()
}

fn request(found: &Found, index: u32) -> Request {
    let files = found.files.iter().map(|path| Input::File {
        path: path.clone(),
        shown: shown(path),
    });
    let left_out = found.left_out.iter().map(|one| Input::LeftOut {
        shown: shown(&one.path),
        why: one.why.clone(),
    });
    Request {
        path: shown(&found.path),
        index,
        inputs: files.chain(left_out).collect(),
    }
}

/// A snapshot with what was wrong when it was looked for.
fn with_fault(mut snapshot: Snapshot, found: &Found) -> Snapshot {
    let faults = found.fault.iter();
    let problems =
        faults.map(|fault| Problem::new(Severity::Error, fault.clone(), None, Vec::new()));
    snapshot.problems.extend(problems);
    snapshot
}

/// Finds the snapshots at some paths, all of which have to be ones.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, String> {
    hold_files(paths)?;
    let found = discover(paths, begins_like_bundle);
    found.iter().try_for_each(is_sound).map(|()| found)
}

/// The same where what cannot be read is told with the report about the others: one of them has to be a snapshot.
pub(super) fn find_some(paths: &[PathBuf]) -> Result<Vec<Found>, String> {
    hold_files(paths)?;
    let found = discover(paths, begins_like_bundle);
    if found.iter().all(|one| one.fault.is_some()) {
        found.iter().try_for_each(is_sound)?;
    }
    Ok(found)
}

/// Holds that nobody means standard input.
fn hold_files(paths: &[PathBuf]) -> Result<(), String> {
    let dash = Path::new(DASH);
    if paths.iter().any(|path| path == dash) && !dash.exists() {
        return Err(
            "error: standard input is no snapshot, for exports are read more than once\n  \
             help: write what it holds into a file, and check that"
                .to_owned(),
        );
    }
    Ok(())
}

/// Holds that a path could be read.
pub(super) fn is_sound(found: &Found) -> Result<(), String> {
    match &found.fault {
        Some(fault) => Err(format!("error: {}", for_terminal(fault))),
        None => Ok(()),
    }
}

/// Holds that no more was to be read than may be.
pub(super) fn is_within(budget: &Budget) -> Result<(), String> {
    if budget.is_exceeded() {
        return Err(format!(
            "error: there is more to read than the {} that `--max-input` allows, unpacked\n  \
             help: check fewer snapshots at once, or allow more, such as `--max-input {}`",
            size::shown(budget.limit()),
            size::shown(budget.limit().saturating_mul(2))
        ));
    }
    Ok(())
}

/// Reads a file that the command line names beside snapshots; one that is longer than any of its kind is none.
pub(super) fn read_file(path: &Path, longest: u64, what: &str) -> Result<Vec<u8>, String> {
    let name = shown(path);
    let name = for_terminal(&name);
    let unreadable = |error: io::Error| format!("error: cannot read `{name}`: {error}");
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(longest + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > longest {
        return Err(format!(
            "error: `{name}` is longer than any {what}: more than {}",
            size::shown(longest)
        ));
    }
    Ok(bytes)
}

/// The one snapshot at a path.
pub(super) fn one_snapshot(path: &Path) -> Result<Found, String> {
    let mut found = find(&[path.to_owned()])?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(format!(
            "error: `{}` is no single snapshot",
            for_terminal(&path.to_string_lossy())
        )),
    }
}

/// How a run ends; `useless` when a snapshot held nothing to judge.
pub(super) fn exit(report: &Report, judging: &Judging, useless: bool) -> Exit {
    exit_of(report.worst(), report, judging, useless)
}

/// The same where `worst` is the strongest of what counts.
pub(super) fn exit_of(
    worst: Option<Severity>,
    report: &Report,
    judging: &Judging,
    useless: bool,
) -> Exit {
    let found = worst.is_some_and(|severity| judging.policy.fail_on.reached_by(severity));
    let incomplete = judging.require_coverage && !report.is_fully_covered();
    let mut exit = if found { Exit::Findings } else { Exit::Clean };
    if incomplete {
        exit = exit.max(Exit::Incomplete);
    }
    if useless {
        exit = exit.max(Exit::CouldNotAudit);
    }
    exit
}

/// What the project file and the command line want, or the text that says what is wrong with them.
fn policy(path: Option<&Path>, overrides: &Overrides, color: bool) -> Result<Policy, String> {
    let render = |errors: Vec<crate::config::ConfigError>| {
        let texts: Vec<String> = errors.iter().map(|error| error.render(color)).collect();
        texts.join("\n")
    };
    let file = match path {
        Some(path) => {
            let bytes = read_file(path, LONGEST_PROJECT_FILE, "project file")?;
            let text = Encoding::detect(&bytes).decode(bytes).text;
            Some(ProjectFile::parse(&shown(path), &text).map_err(render)?)
        }
        None => None,
    };
    Policy::resolve(file.as_ref(), overrides, rules::known()).map_err(render)
}

/// A path as reports show it: relative to the working directory where it lies below it, always with `/`.
pub(super) fn shown(path: &Path) -> String {
    // A relative path is below it as it stands.
    let here = path.is_absolute().then(std::env::current_dir);
    let below = here
        .and_then(Result::ok)
        .and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok());
    let path = below.as_deref().unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    let shown = path.to_string_lossy();
    let shown = if cfg!(windows) {
        shown.replace('\\', "/")
    } else {
        shown.into_owned()
    };
    match shown.trim_end_matches('/') {
        "" if shown.is_empty() => ".".to_owned(),
        "" => shown,
        trimmed => trimmed.to_owned(),
    }
}

/// That a snapshot holds nothing to judge, as its report tells it.
pub(super) fn nothing_to_judge(tenant: &Tenant) -> Problem {
    let path = &tenant.snapshot.path;
    let message = format!("`{path}` holds no export that can be checked");
    Problem::new(Severity::Error, message, None, Vec::new())
}

/// Says what to export, where a snapshot holds nothing to judge.
pub(super) fn nothing_of_use(tenant: &Tenant, messages: &mut dyn Write) -> io::Result<()> {
    let message = nothing_to_judge(tenant).message;
    writeln!(messages, "error: {}", for_terminal(&message))?;
    for problem in &tenant.snapshot.problems {
        if problem.place.is_some() {
            writeln!(messages, "  {}", for_terminal(&problem.message))?;
        }
    }
    writeln!(
        messages,
        "\nWrite these into one folder and check that folder:"
    )?;
    for step in ESSENTIAL.into_iter().flat_map(ExportKind::steps) {
        writeln!(messages, "  {step}")?;
    }
    for step in ExportKind::Operators.steps() {
        writeln!(
            messages,
            "  {step} (see `tenantlint explain operator-with-assigned-numbers`)"
        )?;
    }
    Ok(())
}

/// Says what is wrong, and ends.
pub(super) fn give_up(messages: &mut dyn Write, text: &str) -> io::Result<Exit> {
    writeln!(messages, "{text}")?;
    Ok(Exit::CouldNotAudit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_relative_with_slashes() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            shown(&here.join("snapshots").join("a.json")),
            "snapshots/a.json"
        );
        assert_eq!(
            shown(Path::new("./snapshots/contoso/")),
            "snapshots/contoso"
        );
        assert_eq!(shown(Path::new("../b")), "../b");
        assert_eq!(shown(Path::new(".")), ".");
        assert_eq!(shown(Path::new("/")), "/");
    }
}
