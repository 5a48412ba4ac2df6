//! Bytes to a snapshot: all containers, encodings and shapes, and all rules behind them.

use super::files::{File, files};
use super::report::{WINDOW, check, hold_places, in_json};

/// Holds that bytes are read without harm, that places lie in their files, that the report is JSON, and that reading in
/// small windows tells what reading whole tells.
pub fn hold(data: &[u8]) {
    let files = files(data);
    let report = check(&files, WINDOW);
    hold_places(&report, "a snapshot");
    let whole = in_json(&report);
    let parsed = serde_json::from_str::<serde_json::Value>(&whole);
    assert!(parsed.is_ok(), "{parsed:?}");
    for window in windows(&files) {
        let windowed = in_json(&check(&files, window));
        assert_same(&whole, &windowed, window);
    }
}

/// Reading whole, and one small window, which follows from the input.
fn windows(files: &[File]) -> [Option<usize>; 2] {
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    [None, Some([1, 2, 3, 7, 31, 97, 256, 1009][bytes % 8])]
}

fn assert_same(whole: &str, windowed: &str, window: Option<usize>) {
    let differs = whole.lines().zip(windowed.lines());
    let first = differs.into_iter().find(|(one, two)| one != two);
    assert_eq!(first, None, "read by {window:?}");
    assert_eq!(whole.len(), windowed.len(), "read by {window:?}");
}
