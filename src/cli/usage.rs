//! From what was typed to the arguments, or to what is wrong with them.

use std::ffi::OsString;

use clap::Parser;

use super::args::Arguments;
use super::exit::Exit;
use crate::report::for_terminal;

/// Characters of an argument that a message about it repeats.
const TOLD: usize = 200;

/// Reads the arguments; where there is nothing to run, all is said.
pub(super) fn read() -> Result<Arguments, Exit> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let error = match Arguments::try_parse_from(&typed) {
        Ok(arguments) => return Ok(arguments),
        Err(error) => error,
    };
    // Help and version are no errors. A closed pipe is nobody's fault.
    if !error.use_stderr() {
        let _ = error.print();
        return Err(Exit::Clean);
    }
    // A shell puts the names of files where `*` stands. What is wrong is said of names that cannot steer a terminal.
    let harmless: Vec<String> = typed.iter().map(harmless).collect();
    let told = match Arguments::try_parse_from(&harmless) {
        Err(told) if told.use_stderr() => told,
        _ => clap::Error::new(error.kind()),
    };
    let _ = told.print();
    Err(Exit::CouldNotAudit)
}

/// An argument as it may be shown.
fn harmless(argument: &OsString) -> String {
    let text = argument.to_string_lossy();
    let shown = for_terminal(&text);
    match shown.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}
