//! Why a history cannot be used, in words that follow the name of its file.

use rusqlite::{Error, ErrorCode, ffi};

use super::store::VERSION;

/// Why a history cannot be used. The text continues a sentence that begins with the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is no such file.
    #[error("does not exist; `tenantlint check --history` begins a history")]
    Missing,
    /// Nor is there the folder that it would be in.
    #[error("cannot be made: there is no folder to put it in")]
    NoFolder,
    /// The file is something else; it was left alone.
    #[error("is no history of tenantlint; nothing in it was changed")]
    Foreign,
    /// A newer version wrote it; it was left alone.
    #[error(
        "is a history of version {0}, and only versions up to {VERSION} are known; nothing in it was changed"
    )]
    Newer(u32),
    /// Somebody else writes to it.
    #[error("is in use by another run; try again when that one has ended")]
    Busy,
    /// It may not be written to.
    #[error("may not be written to")]
    ReadOnly,
    /// A run was killed half way, and what it left cannot be taken back without writing.
    #[error(
        "was left by a run that was killed, and may not be written to, which takes that run back"
    )]
    ReadOnlyHalf,
    /// It is a history, but not whole.
    #[error("is damaged: {0}; nothing in it was changed")]
    Damaged(String),
    /// The system said no.
    #[error("cannot be used: {0}")]
    Failed(String),
}

impl From<Error> for HistoryError {
    fn from(error: Error) -> Self {
        match &error {
            Error::SqliteFailure(failure, text) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                ErrorCode::ReadOnly if failure.extended_code == ffi::SQLITE_READONLY_ROLLBACK => {
                    Self::ReadOnlyHalf
                }
                ErrorCode::ReadOnly => Self::ReadOnly,
                ErrorCode::CannotOpen => {
                    Self::Failed("it cannot be opened, or its folder not be written to".to_owned())
                }
                // An unknown code is what SQLite calls a query that does not fit the tables.
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::Unknown => {
                    Self::Damaged(text.clone().unwrap_or_else(|| failure.to_string()))
                }
                _ => Self::Failed(text.clone().unwrap_or_else(|| failure.to_string())),
            },
            Error::SqlInputError { msg, .. } => Self::Damaged(msg.clone()),
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => Self::Damaged(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}
