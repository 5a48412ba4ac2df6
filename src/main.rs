//! The `tenantlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    tenantlint::cli::main()
}
