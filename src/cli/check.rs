//! `tenantlint check`: from paths to a report.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{Check, Color};
use super::exit::Exit;
use super::output;
use crate::audit::{audit, compare_with};
use crate::config::{FailOn, Overrides, Policy, Profile, ProjectFile};
use crate::report::baseline::Baseline;
use crate::report::{Report, for_terminal};
use crate::rules;
use crate::snapshot::{ExportKind, Input, Moment, begins_like_bundle, load};
use crate::source::{Encoding, Found, Sources, discover};
use crate::tenant::{Tenant, build};

/// Name of the project file.
const PROJECT_FILE: &str = "tenantlint.toml";

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

/// Runs the command.
pub(super) fn run(
    check: &Check,
    out: &mut dyn Write,
    messages: &mut dyn Write,
) -> io::Result<Exit> {
    if let Some(threads) = check.threads {
        // Only fails when a pool exists already, which then serves as well.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build_global();
    }
    let color = match check.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    };
    let policy = match policy(check, color) {
        Ok(policy) => policy,
        Err(text) => return give_up(messages, &text),
    };
    let as_of = match check
        .as_of
        .as_deref()
        .map(|text| (text, Moment::parse(text)))
    {
        None => None,
        Some((_, Some(moment))) => Some(moment),
        Some((text, None)) => {
            let text = format!("error: `{text}` is no time: write it like `2026-09-14T05:30:00Z`");
            return give_up(messages, &text);
        }
    };
    let found = match discover(&check.paths, begins_like_bundle) {
        Ok(found) => found,
        Err(error) => return give_up(messages, &format!("error: {error}")),
    };

    let previous = match previous(&check.previous) {
        Ok(previous) => previous,
        Err(text) => return give_up(messages, &text),
    };

    let mut sources = Sources::default();
    let mut tenants = Vec::new();
    let mut useless = false;
    for (index, snapshot) in found.iter().enumerate() {
        let tenant = load_tenant(snapshot, index as u32, &mut sources);
        if tenant
            .snapshot
            .exports
            .keys()
            .all(|kind| *kind == ExportKind::Manifest)
        {
            useless = true;
            nothing_of_use(&tenant, messages)?;
        }
        tenants.push(tenant);
    }
    if useless && found.len() == 1 {
        return Ok(Exit::CouldNotAudit);
    }
    if let Some(stranger) = previous.iter().find(|one| is_stranger(one, &tenants)) {
        let text = format!(
            "error: `{}` is no earlier snapshot of a tenant that is checked: its tenant id is another",
            for_terminal(&stranger.snapshot.path)
        );
        return give_up(messages, &text);
    }
    let baseline = match check.baseline.as_deref().map(baseline).transpose() {
        Ok(baseline) => baseline,
        Err(text) => return give_up(messages, &text),
    };
    let mut report = audit(tenants, &previous, sources, rules::all(), &policy, as_of);
    if let Some(baseline) = &baseline {
        compare_with(&mut report, baseline);
    }
    if let Some(path) = &check.write_baseline {
        let known = Baseline::of_report(&report);
        if let Err(text) = output::file(path, |out| known.write(out)) {
            return give_up(messages, &text);
        }
    }
    if let Err(text) = output::write(check, &report, color, out)? {
        return give_up(messages, &text);
    }
    out.flush()?;
    Ok(exit(
        &report,
        policy.fail_on,
        check.require_coverage,
        useless,
    ))
}

/// Loads the earlier snapshots. Nothing points into them, so that their bytes are not kept.
fn previous(paths: &[PathBuf]) -> Result<Vec<Tenant>, String> {
    let found = discover(paths, begins_like_bundle).map_err(|error| format!("error: {error}"))?;
    let mut tenants = Vec::new();
    for (index, snapshot) in found.iter().enumerate() {
        let tenant = load_tenant(snapshot, index as u32, &mut Sources::default());
        if tenant.snapshot.exports.is_empty() {
            let path = for_terminal(&tenant.snapshot.path).into_owned();
            return Err(format!("error: `{path}` holds no export to compare with"));
        }
        tenants.push(tenant);
    }
    Ok(tenants)
}

/// Reads a baseline.
fn baseline(path: &Path) -> Result<Baseline, String> {
    let name = shown(path);
    let name = for_terminal(&name);
    let bytes =
        std::fs::read(path).map_err(|error| format!("error: cannot read `{name}`: {error}"))?;
    Baseline::read(&bytes).map_err(|reason| format!("error: `{name}` {}", for_terminal(&reason)))
}

/// Whether an earlier snapshot is of none of the tenants.
fn is_stranger(earlier: &Tenant, tenants: &[Tenant]) -> bool {
    let id = earlier.id();
    id.is_some()
        && tenants
            .iter()
            .all(|tenant| tenant.id().is_some() && tenant.id() != id)
}

/// Loads one snapshot as found on disk.
pub fn load_tenant(found: &Found, index: u32, sources: &mut Sources) -> Tenant {
    let inputs = found
        .files
        .iter()
        .map(|path| Input::File {
            path: path.clone(),
            shown: shown(path),
        })
        .collect();
    build(load(shown(&found.path), index, inputs, sources))
}

fn exit(report: &Report, fail_on: FailOn, require_coverage: bool, useless: bool) -> Exit {
    let found = report
        .worst()
        .is_some_and(|severity| fail_on.reached_by(severity));
    let incomplete = require_coverage && !report.is_fully_covered();
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
fn policy(check: &Check, color: bool) -> Result<Policy, String> {
    let render = |errors: Vec<crate::config::ConfigError>| {
        let texts: Vec<String> = errors.iter().map(|error| error.render(color)).collect();
        texts.join("\n")
    };
    let path = match &check.config {
        Some(path) => Some(path.clone()),
        None => project_file(),
    };
    let file = match path {
        Some(path) => {
            let name = shown(&path);
            let bytes = std::fs::read(&path).map_err(|error| {
                format!("error: cannot read `{}`: {error}", for_terminal(&name))
            })?;
            let text = Encoding::detect(&bytes).decode(bytes).text;
            Some(ProjectFile::parse(&name, &text).map_err(render)?)
        }
        None => None,
    };
    let overrides = Overrides {
        profile: check.profile.as_deref().and_then(Profile::from_name),
        fail_on: check.fail_on.as_deref().and_then(FailOn::from_name),
        select: check.select.clone(),
        ignore: check.ignore.clone(),
    };
    Policy::resolve(file.as_ref(), &overrides, rules::all()).map_err(render)
}

/// The project file of the working directory or of a folder above it: never one inside a snapshot.
fn project_file() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join(PROJECT_FILE))
        .find(|path| path.is_file())
}

/// A path as reports show it: relative to the working directory where it lies below it, always with `/`.
pub(super) fn shown(path: &Path) -> String {
    let below = std::env::current_dir()
        .ok()
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

fn nothing_of_use(tenant: &Tenant, messages: &mut dyn Write) -> io::Result<()> {
    let path = &tenant.snapshot.path;
    writeln!(
        messages,
        "error: `{}` holds no export that can be checked",
        for_terminal(path)
    )?;
    for problem in &tenant.snapshot.problems {
        if problem.place.is_some() {
            writeln!(messages, "  {}", for_terminal(&problem.message))?;
        }
    }
    writeln!(
        messages,
        "\nWrite these into one folder and check that folder:"
    )?;
    for kind in ESSENTIAL {
        writeln!(messages, "  {} > {}.json", kind.command(), kind.name())?;
    }
    writeln!(
        messages,
        "  {} (see `tenantlint explain operator-with-assigned-numbers`)",
        ExportKind::Operators.command()
    )
}

fn give_up(messages: &mut dyn Write, text: &str) -> io::Result<Exit> {
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
