//! Redacted reports: nothing of a tenant is left in any format, and what is shown is still the truth.

mod command;
mod leaks;
mod meaning;
mod secrets;
