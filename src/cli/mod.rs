//! The command line: the only room that prints, exits, and knows where it runs.

mod args;
mod check;
mod diff;
mod exit;
mod explain;
mod history;
mod judging;
mod output;
mod plan;
mod redacting;
mod rules;
mod schema;
mod script;
mod stats;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

pub use exit::Exit;
pub use judging::load_tenant;

/// Reads the arguments, runs the command, and says how it went.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors. A closed pipe is nobody's fault.
            let _ = error.print();
            let exit = if error.use_stderr() {
                Exit::CouldNotAudit
            } else {
                Exit::Clean
            };
            return exit.into();
        }
    };
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut messages = io::stderr().lock();
    let run = match &arguments.command {
        Command::Check(check) => check::run(check, &mut out, &mut messages),
        Command::Diff(diff) => diff::run(diff, &mut out, &mut messages),
        Command::Plan(of) => plan::run(of, &mut out, &mut messages),
        Command::History(of) => history::run(of, &mut out, &mut messages),
        Command::Script(script) => script::run(script, &mut out, &mut messages),
        Command::Explain(explain) => explain::run(explain, &mut out, &mut messages),
        Command::Rules(rules) => rules::run(rules, &mut out),
        Command::Schema(schema) => schema::run(schema, &mut out),
    };
    let finished = run.and_then(|exit| out.flush().map(|()| exit));
    match finished {
        Ok(exit) => exit.into(),
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean.into(),
        Err(error) => {
            let _ = writeln!(messages, "error: cannot write the report: {error}");
            Exit::CouldNotAudit.into()
        }
    }
}
