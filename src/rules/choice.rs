//! Remedies of which an administrator has to choose one.

/// Lines that are a choice: a reader runs those that they choose, a script none of them.
pub(super) fn by_choice(lines: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| {
        if line.starts_with('#') {
            line
        } else {
            format!("# {line}")
        }
    })
}
