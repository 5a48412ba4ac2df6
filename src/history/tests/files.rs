//! Files: entries that are replaced, files that are refused, and runs that were killed half way.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Day, day, only, place, recorded, runs, subjects};
use crate::history::Standing::Open;
use crate::history::{History, HistoryError, Run, store};

fn with_runs<T>(days: &[Day], use_them: impl FnOnce(&[Run]) -> T) -> T {
    let digests: Vec<String> = days
        .iter()
        .map(|day| format!("digest-{}", day.at))
        .collect();
    let subjects = subjects(days);
    use_them(&runs(days, &subjects, &digests))
}

#[test]
fn the_same_snapshot_twice_is_one_entry_with_what_the_last_run_said() {
    let (_folder, path) = place();
    let first = recorded(&path, &[day(1, &[("a", "x", Open), ("a", "y", Open)])]);
    assert_eq!(first.runs.len(), 1);
    let again = recorded(&path, &[day(1, &[("a", "y", Open)])]);
    assert_eq!(again.runs.len(), 1);
    assert_eq!(again.runs[0].counts.error, 1);
    let open: Vec<&str> = again
        .open
        .iter()
        .map(|one| one.subject.name.as_str())
        .collect();
    assert_eq!(open, ["Y"]);
    let (_other, fresh) = place();
    assert_eq!(recorded(&fresh, &[day(1, &[("a", "y", Open)])]), again);
}

#[test]
fn one_digest_of_two_tenants_is_two_entries() {
    let (_folder, path) = place();
    let mut history = History::open_or_create(&path).unwrap();
    with_runs(&[day(1, &[("a", "x", Open)])], |runs| {
        let other = Run {
            tenant: "other".into(),
            tenant_name: None,
            ..runs[0].clone()
        };
        history.record(&[runs[0].clone(), other]).unwrap();
    });
    let tenants = history.tenants().unwrap();
    let told: Vec<(&str, usize)> = tenants
        .iter()
        .map(|one| (one.id.as_str(), one.open.len()))
        .collect();
    assert_eq!(told, [("tenant", 1), ("other", 1)], "in order of name");
}

#[test]
fn the_newest_run_names_a_subject_whichever_is_recorded_last() {
    let (_folder, path) = place();
    let mut history = History::open_or_create(&path).unwrap();
    for (at, name) in [(1, "Old"), (9, "New"), (5, "Between")] {
        with_runs(&[day(at, &[("a", "x", Open)])], |runs| {
            let mut run = runs[0].clone();
            let mut subject = run.findings[0].subject.clone();
            name.clone_into(&mut subject.name);
            run.findings[0].subject = &subject;
            history.record(&[run]).unwrap();
        });
    }
    assert_eq!(only(&path).open[0].subject.name, "New");
}

/// Tries to read and to record, and tells why that failed; the file must stay as it was.
fn refused(path: &Path) -> [String; 2] {
    let before = fs::read(path).unwrap();
    let read = History::open(path).and_then(|history| history.tenants());
    let recorded = History::open_or_create(path).and_then(|mut history| {
        with_runs(&[day(1, &[("a", "x", Open)])], |runs| history.record(runs))
    });
    assert_eq!(fs::read(path).unwrap(), before, "{}", path.display());
    let beside: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    [
        read.unwrap_err().to_string(),
        recorded.unwrap_err().to_string(),
    ]
}

#[test]
fn foreign_files_are_refused_and_stay_as_they_are() {
    const FOREIGN: &str = "is no history of tenantlint; nothing in it was changed";
    for content in [&b"{}"[..], &[0; 4096], &[b'x'; 5000]] {
        let (_folder, path) = place();
        fs::write(&path, content).unwrap();
        assert_eq!(refused(&path), [FOREIGN; 2]);
    }
    // Another program's database, with a journal that merely opening it would use.
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE run (id INTEGER);")
        .unwrap();
    other.close().unwrap();
    assert_eq!(refused(&path), [FOREIGN; 2]);
    let (folder, _) = place();
    let error = History::open_or_create(folder.path()).unwrap_err();
    assert_eq!(error.to_string(), FOREIGN);
    let error = History::open(&folder.path().join("none.db")).unwrap_err();
    assert!(matches!(error, HistoryError::Missing), "{error}");
    let error = History::open_or_create(&folder.path().join("none/runs.db")).unwrap_err();
    assert!(matches!(error, HistoryError::NoFolder), "{error}");
}

#[test]
fn a_newer_version_is_refused_and_stays_as_it_is() {
    let (_folder, path) = place();
    recorded(&path, &[day(1, &[("a", "x", Open)])]);
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    newer.close().unwrap();
    let [read, recorded] = refused(&path);
    assert_eq!(read, recorded);
    assert!(
        read.starts_with("is a history of version 2, and only versions up to 1 are known"),
        "{read}"
    );
}

#[test]
fn damage_is_told_and_nothing_is_built_on_it() {
    let (_folder, path) = place();
    let many: Vec<String> = (0..2_000).map(|number| format!("user{number}")).collect();
    let many: Vec<super::Made> = many
        .iter()
        .map(|name| ("a", &*Box::leak(name.clone().into_boxed_str()), Open))
        .collect();
    recorded(&path, &[day(1, &many)]);
    let whole = fs::read(&path).unwrap();
    let cut = whole[..whole.len() / 2].to_vec();
    let mut scribbled = whole.clone();
    for byte in &mut scribbled[5_000..] {
        *byte = !*byte;
    }
    for damage in [cut, scribbled] {
        fs::write(&path, damage).unwrap();
        for told in refused(&path) {
            assert!(told.starts_with("is damaged: "), "{told}");
        }
    }
    // The head of a history without its tables.
    fs::remove_file(&path).unwrap();
    let empty = Connection::open(&path).unwrap();
    empty
        .execute_batch(
            "PRAGMA application_id = 0x544c6869; PRAGMA user_version = 1; CREATE TABLE x (y);",
        )
        .unwrap();
    empty.close().unwrap();
    for told in refused(&path) {
        assert!(told.starts_with("is damaged: no such table"), "{told}");
    }
    // Words that no version wrote.
    fs::write(&path, &whole).unwrap();
    let strange = Connection::open(&path).unwrap();
    strange
        .execute("UPDATE seen SET severity = 'dire'", [])
        .unwrap();
    strange.close().unwrap();
    let error = History::open(&path).unwrap().tenants().unwrap_err();
    assert_eq!(
        error.to_string(),
        "is damaged: it has `dire` for a severity; nothing in it was changed"
    );
}

#[test]
fn an_empty_file_is_a_history_without_runs() {
    let (_folder, path) = place();
    fs::write(&path, b"").unwrap();
    assert_eq!(History::open(&path).unwrap().tenants().unwrap(), []);
    assert_eq!(fs::read(&path).unwrap(), b"", "reading changes nothing");
    assert_eq!(recorded(&path, &[day(1, &[])]).runs.len(), 1);
}

#[test]
fn the_runs_of_a_report_are_recorded_together_or_not_at_all() {
    let (_folder, path) = place();
    let before = recorded(&path, &[day(1, &[("a", "x", Open)])]);
    let mut history = History::open_or_create(&path).unwrap();
    let error = with_runs(&[day(2, &[]), day(3, &[])], |runs| {
        let mut broken = runs[1].clone();
        // No rule says two things.
        broken.coverage.push(broken.coverage[0].clone());
        history.record(&[runs[0].clone(), broken])
    });
    assert!(error.is_err());
    assert_eq!(only(&path), before);
}

#[test]
fn a_run_that_ends_half_way_leaves_nothing() {
    let (_folder, path) = place();
    let before = recorded(&path, &[day(1, &[("a", "x", Open)])]);
    let bytes = fs::read(&path).unwrap();
    let mut history = History::open_or_create(&path).unwrap();
    let transaction = history
        .connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    with_runs(&[day(1, &[]), day(2, &[])], |runs| {
        for run in runs {
            store::write(&transaction, run).unwrap();
        }
    });
    drop(transaction);
    drop(history);
    assert_eq!(only(&path), before);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// What a process leaves that is killed while its pages are being written: the database half new, and the journal that
/// takes them back.
#[test]
fn a_run_that_is_killed_half_way_is_taken_back() {
    let (_folder, path) = place();
    let before = recorded(&path, &[day(1, &[("a", "x", Open)])]);
    let bytes = fs::read(&path).unwrap();
    let mut history = History::open_or_create(&path).unwrap();
    // Pages go to the file before the end.
    history
        .connection
        .pragma_update(None, "cache_size", 1)
        .unwrap();
    let transaction = history
        .connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    let days: Vec<Day> = (2..60)
        .map(|at| day(at, &[("a", "y", Open), ("b", "z", Open)]))
        .collect();
    with_runs(&days, |runs| {
        for run in runs {
            store::write(&transaction, run).unwrap();
        }
    });
    let (_grave, killed) = place();
    let journal = |path: &Path| path.with_file_name("runs.db-journal");
    fs::copy(&path, &killed).unwrap();
    fs::copy(journal(&path), journal(&killed)).unwrap();
    drop(transaction);
    assert_ne!(fs::read(&killed).unwrap(), bytes, "it was half way");
    assert_eq!(only(&killed), before);
    assert_eq!(fs::read(&killed).unwrap(), bytes);
}

#[test]
fn a_history_in_use_or_read_only_says_so() {
    let (_folder, path) = place();
    recorded(&path, &[day(1, &[("a", "x", Open)])]);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut history = History::connect(&path, OpenFlags::empty(), Duration::ZERO).unwrap();
    let error = with_runs(&[day(2, &[])], |runs| history.record(runs)).unwrap_err();
    assert!(matches!(error, HistoryError::Busy), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    history
        .connection
        .pragma_update(None, "query_only", true)
        .unwrap();
    let error = with_runs(&[day(2, &[])], |runs| history.record(runs)).unwrap_err();
    assert_eq!(error.to_string(), "may not be written to");
    assert_eq!(only(&path).runs.len(), 1);
}
