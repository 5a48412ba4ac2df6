//! `--stats`: where the time and the memory of a run went, for whoever waits for a large tenant.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::source::Sources;
use crate::tenant::Tenant;

/// Takes the time of the parts of a run.
pub(super) struct Stats {
    begun: Instant,
    last: (Instant, Option<Duration>),
    /// What was done, for how long, and how long processors worked for it; what is done in several turns is one.
    parts: Vec<(&'static str, Duration, Option<Duration>)>,
    files: u64,
    bytes: u64,
    records: u64,
}

impl Stats {
    /// Starts the clock.
    pub(super) fn begin() -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            last: (now, processor_time()),
            parts: Vec::new(),
            files: 0,
            bytes: 0,
            records: 0,
        }
    }

    /// What happened since the last part was done, was this part.
    pub(super) fn done(&mut self, part: &'static str) {
        let now = (Instant::now(), processor_time());
        let took = now.0 - self.last.0;
        let worked = now
            .1
            .zip(self.last.1)
            .map(|(now, last)| now.saturating_sub(last));
        self.last = now;
        match self.parts.iter_mut().find(|(name, ..)| *name == part) {
            Some((_, sum, work)) => {
                *sum += took;
                *work = work.zip(worked).map(|(one, two)| one + two);
            }
            None => self.parts.push((part, took, worked)),
        }
    }

    /// Counts what was read.
    pub(super) fn count(&mut self, tenants: &[Tenant], sources: &Sources) {
        for (_, source) in sources.iter() {
            self.files += 1;
            self.bytes += source.bytes;
        }
        let exports = tenants
            .iter()
            .flat_map(|tenant| tenant.snapshot.exports.values());
        self.records += exports.map(|export| export.records).sum::<u64>();
    }

    /// Says it: one line for each part.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let total = self.begun.elapsed();
        writeln!(
            out,
            "stats: {} in {} files, {} records, {} threads",
            megabytes(self.bytes),
            self.files,
            self.records,
            rayon::current_num_threads()
        )?;
        for (part, took, worked) in &self.parts {
            write!(out, "  {part:<11} {:>8.3} s", took.as_secs_f64())?;
            match worked {
                Some(worked) => writeln!(out, ", {:.2} s of processors", worked.as_secs_f64())?,
                None => writeln!(out)?,
            }
        }
        let seconds = total.as_secs_f64();
        writeln!(
            out,
            "  {:<11} {seconds:>8.3} s, {} a second",
            "in all",
            megabytes(per_second(self.bytes, seconds))
        )?;
        if let Some(peak) = peak_memory() {
            let share = peak * 100 / self.bytes.max(1);
            writeln!(
                out,
                "  {:<11} {}, {share} % of the input",
                "peak memory",
                megabytes(peak)
            )?;
        }
        Ok(())
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a rate for people"
)]
fn per_second(bytes: u64, seconds: f64) -> u64 {
    (bytes as f64 / seconds.max(1e-6)) as u64
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// For how long processors have worked for this program, in hundredths of a second, where the system tells it without
/// asking for it in C: Linux does.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold blanks and parentheses.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

/// The largest resident set in bytes, where the system tells it without asking for it in C: Linux does.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
