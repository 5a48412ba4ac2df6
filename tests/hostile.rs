//! Names that somebody chose to do harm, through everything that is printed: reports of every kind in every format, scripts, and what is said about mistakes.
