//! The database: how it is opened, what is refused, and how runs get into it.
//!
//! A file is looked at before SQLite may touch it: opening another program's database could already alter it. Nothing in
//! the database is trusted beyond its rows: no trigger and no view of it runs.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};

use super::error::HistoryError;
use super::run::{Judged, Run};

/// Version of the tables: the `user_version` of the database.
pub(super) const VERSION: u32 = 1;

/// The `application_id` of the database: `TLhi`.
const APPLICATION: u32 = 0x544c_6869;

/// What stands before a property that a rule lacks, among what it reads.
pub(super) const LACKS: &str = "without ";

/// How long to wait for another run that writes.
const PATIENCE: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE tenant (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES tenant,
    digest TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    as_of_ms INTEGER,
    tenant_name TEXT,
    rule_set TEXT NOT NULL,
    tool TEXT NOT NULL,
    error INTEGER NOT NULL,
    warning INTEGER NOT NULL,
    info INTEGER NOT NULL,
    excepted INTEGER NOT NULL,
    baselined INTEGER NOT NULL,
    problems INTEGER NOT NULL,
    UNIQUE (tenant, digest)
) STRICT;
CREATE TABLE coverage (
    run INTEGER NOT NULL REFERENCES run,
    rule TEXT NOT NULL,
    outcome TEXT NOT NULL,
    examined INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    decides INTEGER NOT NULL,
    undecided TEXT NOT NULL,
    reads TEXT NOT NULL,
    PRIMARY KEY (run, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE export (
    run INTEGER NOT NULL REFERENCES run,
    family TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES tenant,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    named_ms INTEGER NOT NULL,
    named_by TEXT NOT NULL,
    UNIQUE (tenant, fingerprint)
) STRICT;
CREATE TABLE seen (
    run INTEGER NOT NULL REFERENCES run,
    finding INTEGER NOT NULL REFERENCES finding,
    severity TEXT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (run, finding)
) STRICT, WITHOUT ROWID;
";

/// A database of runs.
#[derive(Debug)]
pub struct History {
    pub(super) connection: Connection,
}

impl History {
    /// Opens a history to record in it, and makes it where there is none.
    ///
    /// # Errors
    /// When the file is something else or damaged, or cannot be written to.
    pub fn open_or_create(path: &Path) -> Result<Self, HistoryError> {
        look_at(path, true)?;
        let mut history = Self::connect(path, OpenFlags::SQLITE_OPEN_CREATE, PATIENCE)?;
        if !history.is_ours()? {
            history.create()?;
        }
        history.is_whole()?;
        Ok(history)
    }

    /// Opens a history that is there, to read it.
    ///
    /// # Errors
    /// When there is none, or the file is something else or damaged.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        look_at(path, false)?;
        // What a killed run left has to be taken back, so that reading asks for writing; where that is not
        // allowed, SQLite reads.
        let history = Self::connect(path, OpenFlags::empty(), PATIENCE)?;
        if history.is_ours()? {
            history.is_whole()?;
        }
        Ok(history)
    }

    /// Records runs, all or none. An entry of the same tenant and digest is replaced.
    ///
    /// # Errors
    /// When the database is in use, damaged, or cannot be written to; it is then as it was.
    pub fn record(&mut self, runs: &[Run]) -> Result<(), HistoryError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for run in runs {
            write(&transaction, run)?;
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn connect(
        path: &Path,
        further: OpenFlags,
        patience: Duration,
    ) -> Result<Self, HistoryError> {
        // A name such as `:memory:` is a file like any other.
        let path = std::path::absolute(path).map_err(failed)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | further;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(patience)?;
        for (what, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ] {
            connection.set_db_config(what, on)?;
        }
        connection.pragma_update(None, "cell_size_check", true)?;
        Ok(Self { connection })
    }

    /// Whether the tables are there; `false` for an empty database.
    pub(super) fn is_ours(&self) -> Result<bool, HistoryError> {
        let number = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
        };
        let (application, version): (u32, u32) =
            (number("application_id")?, number("user_version")?);
        let objects: u64 =
            self.connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
                    row.get::<_, i64>(0).map(i64::unsigned_abs)
                })?;
        match (application, version, objects) {
            (0, 0, 0) => Ok(false),
            (application, version, _) => accept(application, version).map(|()| true),
        }
    }

    fn create(&mut self) -> Result<(), HistoryError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        // Another run may have been quicker.
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        Ok(transaction.commit()?)
    }

    /// Damage is found before anything is built on it.
    fn is_whole(&self) -> Result<(), HistoryError> {
        let found: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" {
            Ok(())
        } else {
            Err(HistoryError::Damaged(found))
        }
    }
}

/// Refuses what is no history, from its first bytes, before SQLite sees it.
fn look_at(path: &Path, may_be_made: bool) -> Result<(), HistoryError> {
    let known = match path.metadata() {
        Ok(known) => known,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let is_file = !path.to_string_lossy().ends_with(std::path::is_separator);
            return if !may_be_made {
                Err(HistoryError::Missing)
            } else if is_file && has_folder(path) {
                Ok(())
            } else {
                Err(HistoryError::NoFolder)
            };
        }
        Err(error) => return Err(failed(error)),
    };
    if !known.is_file() {
        return Err(HistoryError::Foreign);
    }
    // What is left of a run that was killed before the first one was recorded.
    if known.len() == 0 {
        return Ok(());
    }
    let mut head = [0; 100];
    let mut file = std::fs::File::open(path).map_err(failed)?;
    match file.read_exact(&mut head) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(HistoryError::Foreign);
        }
        read => read.map_err(failed)?,
    }
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(HistoryError::Foreign);
    }
    // Where they stand: <https://sqlite.org/fileformat.html#the_database_header>.
    let number = |at: usize| {
        head[at..at + 4]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
    };
    accept(number(68), number(60))
}

fn has_folder(path: &Path) -> bool {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.is_none_or(Path::is_dir)
}

fn accept(application: u32, version: u32) -> Result<(), HistoryError> {
    match (application, version) {
        (APPLICATION, VERSION) => Ok(()),
        (APPLICATION, newer) if newer > VERSION => Err(HistoryError::Newer(newer)),
        _ => Err(HistoryError::Foreign),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failed(error: std::io::Error) -> HistoryError {
    HistoryError::Failed(error.to_string())
}

/// Writes one entry in place of the one of its tenant and digest.
pub(super) fn write(transaction: &Transaction, run: &Run) -> Result<(), HistoryError> {
    let mut tenant = transaction.prepare(
        "INSERT INTO tenant (key) VALUES (?1) ON CONFLICT DO UPDATE SET key = key RETURNING id",
    )?;
    let tenant: i64 = tenant.query_row([&*run.tenant], |row| row.get(0))?;
    let place = remove(transaction, tenant, run.digest)?;
    let counts = &run.counts;
    transaction
        .prepare(
            "INSERT INTO run (tenant, digest, time_ms, as_of_ms, tenant_name, rule_set, tool, error, warning, info, \
             excepted, baselined, problems, id) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            tenant,
            run.digest,
            run.time.ms(),
            run.as_of.map(crate::snapshot::Moment::ms),
            run.tenant_name,
            run.rule_set,
            run.tool,
            stored(counts.error),
            stored(counts.warning),
            stored(counts.info),
            stored(counts.excepted),
            stored(counts.baselined),
            stored(counts.problems),
            place,
        ])?;
    let id = transaction.last_insert_rowid();
    let mut coverage = transaction.prepare(
        "INSERT INTO coverage (run, rule, outcome, examined, findings, unknown, decides, undecided, reads) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for line in &run.coverage {
        coverage.execute(params![
            id,
            line.rule,
            line.outcome.name(),
            stored(line.examined),
            stored(line.findings),
            stored(line.unknown),
            line.decides,
            serde_json::to_string(&line.undecided).unwrap_or_default(),
            reads_of(line),
        ])?;
    }
    let mut export =
        transaction.prepare("INSERT INTO export (run, family, kind) VALUES (?1, ?2, ?3)")?;
    for (family, kind) in &run.exports {
        export.execute(params![id, family, kind])?;
    }
    // The newest run says what a subject is called, whichever is recorded last.
    let mut name = transaction.prepare(
        "INSERT INTO finding (tenant, fingerprint, rule, subject_kind, subject_id, subject_name, named_ms, named_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (tenant, fingerprint) DO UPDATE SET \
         subject_name = excluded.subject_name, named_ms = excluded.named_ms, named_by = excluded.named_by \
         WHERE (excluded.named_ms, excluded.named_by) >= (named_ms, named_by) OR excluded.named_by = named_by",
    )?;
    let mut find =
        transaction.prepare("SELECT id FROM finding WHERE tenant = ?1 AND fingerprint = ?2")?;
    let mut seen = transaction.prepare(
        "INSERT OR IGNORE INTO seen (run, finding, severity, standing) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for one in &run.findings {
        let fingerprint = one.fingerprint.to_string();
        name.execute(params![
            tenant,
            fingerprint,
            one.rule,
            one.subject.kind.name(),
            one.subject.id,
            one.subject.name,
            run.time.ms(),
            run.digest,
        ])?;
        let finding: i64 = find.query_row(params![tenant, fingerprint], |row| row.get(0))?;
        seen.execute(params![
            id,
            finding,
            one.severity.name(),
            one.standing.name()
        ])?;
    }
    Ok(())
}

/// What a rule reads, a line each, then what it lacks: an older version takes that for exports that no run has.
fn reads_of(line: &Judged) -> String {
    let reads = line.reads.iter().map(|family| (*family).to_owned());
    let lacks = line.lacks.iter().map(|what| format!("{LACKS}{what}"));
    reads.chain(lacks).collect::<Vec<_>>().join("\n")
}

/// Removes the entry of a snapshot, if there is one; tells its place in the order of entries.
fn remove(
    transaction: &Transaction,
    tenant: i64,
    digest: &str,
) -> Result<Option<i64>, HistoryError> {
    let old: Option<i64> = transaction
        .prepare("SELECT id FROM run WHERE tenant = ?1 AND digest = ?2")?
        .query_row(params![tenant, digest], |row| row.get(0))
        .optional()?;
    if let Some(old) = old {
        for table in [
            "DELETE FROM seen WHERE run = ?1",
            "DELETE FROM coverage WHERE run = ?1",
            "DELETE FROM export WHERE run = ?1",
            "DELETE FROM run WHERE id = ?1",
        ] {
            transaction.prepare(table)?.execute([old])?;
        }
    }
    Ok(old)
}

/// A count as SQLite keeps it.
fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
