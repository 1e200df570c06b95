//! Settings of the imports of registers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::division::City;
use crate::server::config::Import;

/// `jiujinan roster`
#[derive(Subcommand, Debug)]
pub enum RosterCommand {
    /// Imports a roster (CSV or NDJSON): everybody, or changes only; all of it or nothing.
    Import(RosterImport),
}

/// `jiujinan hospital`
#[derive(Subcommand, Debug)]
pub enum HospitalCommand {
    /// Registers the hospitals of a file (CSV or NDJSON): all of them or none.
    Import(Import),
}

/// `jiujinan roster import`
#[derive(Args, Debug)]
pub struct RosterImport {
    /// The file, and where to.
    #[command(flatten)]
    pub import: Import,
    /// Whether the file holds everybody or changes only.
    #[arg(long, value_enum, default_value = "full")]
    pub mode: RosterMode,
    /// How its characters are written; NDJSON (`*.ndjson`, `*.jsonl`) is always UTF-8.
    #[arg(long, value_enum, default_value = "utf-8")]
    pub charset: FileCharset,
    /// Whose roster it is; may be left out where the divisions are those of one city.
    #[arg(long)]
    pub city: Option<City>,
    /// Directory of the keys; without one, that of the data directory.
    #[arg(long, env = "JIUJINAN_VAULT_DIR")]
    pub vault_dir: Option<PathBuf>,
}

/// What a roster file holds.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterMode {
    /// Everybody: who is not in it leaves.
    Full,
    /// Changes only.
    Delta,
}

/// How the characters of a file are written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCharset {
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// GB 18030.
    #[value(name = "gb18030")]
    Gb18030,
}
