//! Remedies of which an administrator has to choose one.

/// What opens the choice about numbers of an operator that is suspended: it may come back.
pub(super) const END_OF_SUSPENSION: &str = "# if the operator is to stay, end the suspension, and leave the numbers: Teams admin center > Voice > Operators > My operators; else:";

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
