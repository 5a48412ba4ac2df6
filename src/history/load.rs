//! From the database to what follows from it: the runs of each tenant in order of their time, then as they were recorded.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Connection;

use super::error::HistoryError;
use super::sight::{Decided, Exports, Sight};
use super::store::{History, LACKS};
use super::timeline::{Named, RunLine, SubjectLine, TenantHistory, Timeline};
use crate::finding::Severity;
use crate::report::{Outcome, Report, SnapshotSummary, Summary, Trend, TrendPoint};

use super::run::{Standing, tenant_of};

/// Runs of one tenant by their order, and the number of each in the database.
const RUNS: &str = "SELECT id, time_ms, as_of_ms, digest, rule_set, tool, tenant_name, error, warning, info, excepted, \
     baselined, problems FROM run WHERE tenant = ?1 ORDER BY time_ms, id";

impl History {
    /// What the history tells of each tenant, in order of name and id.
    ///
    /// # Errors
    /// When the database is damaged or in use.
    pub fn tenants(&self) -> Result<Vec<TenantHistory>, HistoryError> {
        if !self.is_ours()? {
            return Ok(Vec::new());
        }
        // One state of the database, whatever is recorded meanwhile.
        let transaction = self.connection.unchecked_transaction()?;
        let mut tenants = transaction
            .prepare("SELECT id, key FROM tenant")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .map(|row| {
                let (id, key): (i64, String) = row?;
                tenant(&transaction, id, key)
            })
            .collect::<Result<Vec<_>, HistoryError>>()?;
        tenants.retain(|tenant| !tenant.runs.is_empty());
        tenants.sort_by(|one, two| {
            let name = |one: &TenantHistory| one.name.as_ref().unwrap_or(&one.id).to_lowercase();
            (name(one), &one.id).cmp(&(name(two), &two.id))
        });
        Ok(tenants)
    }

    /// The counts of all runs of the tenants of a report, each tenant once, in the order of the report.
    ///
    /// # Errors
    /// When the database is damaged or in use.
    pub fn trends(&self, report: &Report) -> Result<Vec<Trend>, HistoryError> {
        let mut told = BTreeSet::new();
        let mut trends = Vec::new();
        for snapshot in &report.snapshots {
            let key = tenant_of(snapshot);
            if !told.insert(key.clone()) {
                continue;
            }
            let mut points = self.connection.prepare(
                "SELECT time_ms, error, warning, info FROM run WHERE tenant = (SELECT id FROM tenant WHERE key = ?1) \
                 ORDER BY time_ms, id",
            )?;
            let points: Vec<TrendPoint> = points
                .query_map([&*key], |row| {
                    Ok(TrendPoint {
                        time: crate::snapshot::Moment::rfc3339_of(row.get(0)?),
                        error: count(row.get(1)?),
                        warning: count(row.get(2)?),
                        info: count(row.get(3)?),
                    })
                })?
                .collect::<Result<_, _>>()?;
            if !points.is_empty() {
                trends.push(Trend {
                    tenant: trend_name(snapshot).to_owned(),
                    points,
                });
            }
        }
        Ok(trends)
    }
}

/// What people call the tenant of a snapshot.
fn trend_name(snapshot: &SnapshotSummary) -> &str {
    let name = snapshot.tenant_name.as_deref();
    let name = name.or(snapshot.tenant_id.as_deref());
    name.unwrap_or(&snapshot.path)
}

fn tenant(connection: &Connection, id: i64, key: String) -> Result<TenantHistory, HistoryError> {
    let mut indexes: HashMap<i64, usize> = HashMap::new();
    let mut findings = Vec::new();
    let mut named = connection.prepare(
        "SELECT id, fingerprint, rule, subject_kind, subject_id, subject_name FROM finding WHERE tenant = ?1",
    )?;
    let mut rows = named.query([id])?;
    while let Some(row) = rows.next()? {
        indexes.insert(row.get(0)?, findings.len());
        findings.push(Named {
            fingerprint: row.get(1)?,
            rule: row.get(2)?,
            subject: SubjectLine {
                kind: row.get(3)?,
                id: row.get(4)?,
                name: row.get(5)?,
            },
        });
    }
    let mut timeline = Timeline::new(findings);
    let mut name = None;
    let mut runs = connection.prepare(RUNS)?;
    let mut seen =
        connection.prepare("SELECT finding, severity, standing FROM seen WHERE run = ?1")?;
    let mut rows = runs.query([id])?;
    while let Some(row) = rows.next()? {
        let run: i64 = row.get(0)?;
        name = row.get::<_, Option<String>>(6)?.or(name);
        let mut line = RunLine {
            time: row.get(1)?,
            as_of: row.get(2)?,
            digest: row.get(3)?,
            rule_set: row.get(4)?,
            tool: row.get(5)?,
            counts: Summary {
                error: count(row.get(7)?),
                warning: count(row.get(8)?),
                info: count(row.get(9)?),
                excepted: count(row.get(10)?),
                baselined: count(row.get(11)?),
                problems: count(row.get(12)?),
            },
            evaluated: 0,
            not_evaluated: 0,
            off: 0,
            undecided: 0,
            new: None,
            first_judged: None,
            fixed: None,
        };
        let mut sight = coverage(connection, run, &mut line)?;
        sight.scene.exports = exports(connection, run)?;
        let mut present = Vec::new();
        let mut rows = seen.query([run])?;
        while let Some(row) = rows.next()? {
            let index = indexes.get(&row.get(0)?);
            let index = index.ok_or_else(|| damaged("a finding of a run", "no row"))?;
            let (severity, standing): (String, String) = (row.get(1)?, row.get(2)?);
            present.push((
                *index,
                Severity::from_name(&severity).ok_or_else(|| damaged("a severity", &severity))?,
                standing_of(&standing)?,
            ));
        }
        timeline.take(line, present, sight);
    }
    Ok(timeline.finish(key, name))
}

/// Counts what the rules of a run did; returns those that saw all, what they read, and what each rule lacked.
fn coverage(connection: &Connection, run: i64, line: &mut RunLine) -> Result<Sight, HistoryError> {
    let mut sight = Sight::default();
    let mut lines = connection
        .prepare("SELECT rule, outcome, decides, reads, undecided FROM coverage WHERE run = ?1")?;
    let mut rows = lines.query([run])?;
    while let Some(row) = rows.next()? {
        let (rule, outcome, reads): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(3)?);
        match outcome_of(&outcome)? {
            Outcome::Off => line.off += 1,
            Outcome::NotEvaluated => line.not_evaluated += 1,
            Outcome::Passed | Outcome::Failed | Outcome::NotApplicable => {
                line.evaluated += 1;
                let undecided: BTreeSet<String> =
                    serde_json::from_str(&row.get::<_, String>(4)?)
                        .map_err(|_| damaged("undecided subjects", "no list of names"))?;
                let is_whole: bool = row.get(2)?;
                line.undecided += u64::from(!is_whole || !undecided.is_empty());
                let (lacks, families): (Vec<&str>, Vec<&str>) =
                    reads.lines().partition(|line| line.starts_with(LACKS));
                if !lacks.is_empty() {
                    let lacks = lacks.into_iter().map(str::to_owned).collect();
                    sight.scene.lacks.insert(rule.clone(), lacks);
                }
                if is_whole {
                    let families = families.into_iter().map(str::to_owned).collect();
                    let decided = Decided {
                        families,
                        undecided,
                    };
                    sight.decided.insert(rule, decided);
                }
            }
        }
    }
    Ok(sight)
}

fn exports(connection: &Connection, run: i64) -> Result<Exports, HistoryError> {
    let mut exports = Exports::new();
    let mut kinds = connection.prepare("SELECT family, kind FROM export WHERE run = ?1")?;
    let mut rows = kinds.query([run])?;
    while let Some(row) = rows.next()? {
        let family: &mut BTreeSet<String> = exports.entry(row.get(0)?).or_default();
        family.insert(row.get(1)?);
    }
    Ok(exports)
}

fn outcome_of(name: &str) -> Result<Outcome, HistoryError> {
    [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::NotApplicable,
        Outcome::NotEvaluated,
        Outcome::Off,
    ]
    .into_iter()
    .find(|outcome| outcome.name() == name)
    .ok_or_else(|| damaged("an outcome", name))
}

fn standing_of(name: &str) -> Result<Standing, HistoryError> {
    Standing::ALL
        .into_iter()
        .find(|standing| standing.name() == name)
        .ok_or_else(|| damaged("a standing", name))
}

fn damaged(what: &str, found: &str) -> HistoryError {
    HistoryError::Damaged(format!("it has `{found}` for {what}"))
}

/// A count; one that is negative was not written here, and says nothing.
fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}
