//! `tenantlint schema`: the JSON Schemas of what goes in and out.

use std::io::{self, Write};

use super::args::{Schema, SchemaOf};
use super::exit::Exit;
use crate::{history, plan, report};

/// Runs the command.
pub(super) fn run(schema: &Schema, out: &mut dyn Write) -> io::Result<Exit> {
    match schema.of {
        SchemaOf::Report => out.write_all(report::json::SCHEMA.as_bytes())?,
        SchemaOf::Plan => out.write_all(plan::SCHEMA.as_bytes())?,
        SchemaOf::History => out.write_all(history::json::SCHEMA.as_bytes())?,
    }
    Ok(Exit::Clean)
}
