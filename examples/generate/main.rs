//! Writes tenants of any size: `cargo run --release --example generate -- --users 200000 --numbers 200000 --style ps7 --out big`.
//!
//! The tenant is `snapshots/fabrikam`, which is clean, with that many more users and numbers on Operator Connect. Faults
//! are put in at known rates: see [`tenant::Fault`].

#[path = "../../tests/dialects/json.rs"]
mod json;
mod template;
mod tenant;

use std::io;
use std::path::PathBuf;

use clap::Parser;

use tenant::{Encoding, Plan, Style};

/// Writes a large tenant that is clean but for faults at known rates.
#[derive(Parser)]
struct Arguments {
    /// How many users, besides the 54 of the sample; a record takes about 4.5 KB.
    #[arg(long, default_value_t = 1000)]
    users: u64,
    /// How many numbers, besides the 80 of the sample; the first go to the users, the rest is free.
    #[arg(long, default_value_t = 1000)]
    numbers: u64,
    /// Who writes the files.
    #[arg(long, value_enum, default_value_t = Style::Ps7)]
    style: Style,
    /// How they are encoded.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Other object ids for another seed; the same bytes for the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let plan = Plan {
        users: arguments.users,
        numbers: arguments.numbers,
        style: arguments.style,
        encoding: arguments.encoding,
        seed: arguments.seed,
    };
    tenant::write(&plan, &arguments.out)
}
