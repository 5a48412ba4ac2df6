//! The command line: the only room that prints, exits, and knows where it runs.

mod apart;
mod args;
mod check;
mod diff;
mod exit;
mod explain;
mod history;
mod judging;
mod output;
mod plan;
mod previous;
mod progress;
mod project_file;
mod redacting;
mod rules;
mod schema;
mod script;
mod size;
mod stats;
mod usage;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use args::Command;

pub use exit::Exit;
pub use judging::load_tenant;

/// Reads the arguments, runs the command, and says how it went.
pub fn main() -> ExitCode {
    // The pages of the rules are read while arguments are, and files are looked for.
    let _ = std::thread::Builder::new().spawn(crate::rules::known);
    let arguments = match usage::read() {
        Ok(arguments) => arguments,
        Err(exit) => return exit.into(),
    };
    let pipe = Pipe {
        out: io::stdout().lock(),
        is_closed: false,
    };
    let mut out = BufWriter::with_capacity(64 * 1024, pipe);
    // Not locked: a bar may stand on it meanwhile.
    let mut messages = Unheard(io::stderr());
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
        Err(_) if out.get_ref().is_closed => Exit::Clean.into(),
        Err(error) => {
            let _ = writeln!(messages, "error: cannot write the report: {error}");
            Exit::CouldNotAudit.into()
        }
    }
}

/// A writer that remembers that nobody reads any more, whatever words the error is put into on its way.
struct Pipe<W> {
    out: W,
    is_closed: bool,
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        let is_closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        self.is_closed |= written.as_ref().is_err_and(is_closed);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A writer that never fails: what goes wrong has its exit code, also where nobody listens to what is said about it.
struct Unheard<W>(W);

impl<W: Write> Write for Unheard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}
