//! The settings a private cluster runs with.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The port. Nothing listens on it; it only names the socket file.
pub const PORT: u16 = 5432;

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fsync {
    /// It does: what was committed survives a power cut.
    #[default]
    On,
    /// It does not: a crash of the machine may destroy the cluster. For tests only.
    Off,
}

/// How to run the cluster. An adopted server keeps the options it was started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether a commit waits for the disk.
    pub fsync: Fsync,
    /// More settings of PostgreSQL, by name. They win over our defaults, but not over those that keep the
    /// cluster private and personal data out of its log.
    pub settings: Vec<(String, String)>,
}

/// Defaults for one busy developer machine.
const DEFAULTS: [(&str, &str); 5] = [
    ("shared_buffers", "256MB"),
    ("max_wal_size", "2GB"),
    ("max_connections", "100"),
    // Not the machine's zone: a query that forgets to name one must err the same way everywhere.
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
];

/// A server may be torn down with its machine only if nobody minds: no flush, no guard against torn pages.
const WITHOUT_FSYNC: [(&str, &str); 2] = [("fsync", "off"), ("full_page_writes", "off")];

/// No TCP, and no statement, parameter or key value (DETAIL) in the log, since they hold personal data.
const PRIVATE: [(&str, &str); 7] = [
    ("listen_addresses", ""),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_min_error_statement", "panic"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_error_verbosity", "terse"),
];

impl Options {
    /// The arguments of `postgres`. A later setting wins over an earlier one.
    pub(super) fn arguments(&self, sockets: &Path) -> Vec<OsString> {
        let without_fsync: &[(&str, &str)] = match self.fsync {
            Fsync::On => &[],
            Fsync::Off => &WITHOUT_FSYNC,
        };
        let asked = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let settings = DEFAULTS.iter().chain(without_fsync).copied().chain(asked).chain(PRIVATE);
        let mut arguments: Vec<OsString> =
            settings.flat_map(|(name, value)| ["-c".into(), format!("{name}={value}").into()]).collect();
        arguments.extend(["-c".into(), format!("port={PORT}").into()]);
        arguments.extend(["-c".into(), socket_setting(sockets)]);
        arguments
    }
}

/// The setting is a list of names, so a path is quoted as one: it may hold commas and blanks.
fn socket_setting(sockets: &Path) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for byte in sockets.as_os_str().as_bytes() {
        match byte {
            b'"' => setting.extend(b"\"\""),
            byte => setting.push(*byte),
        }
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(arguments: &[OsString], wanted: &str) -> usize {
        arguments.iter().position(|argument| argument == wanted).unwrap()
    }

    #[test]
    fn asked_settings_win_over_defaults_and_lose_to_privacy() {
        let asked = [("max_connections", "7"), ("log_statement", "all")];
        let settings = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let arguments = Options { settings, ..Options::default() }.arguments(Path::new("/run"));
        assert!(position(&arguments, "max_connections=100") < position(&arguments, "max_connections=7"));
        assert!(position(&arguments, "log_statement=all") < position(&arguments, "log_statement=none"));
        assert!(!arguments.contains(&"fsync=off".into()), "flushing is the default");
    }

    #[test]
    fn a_socket_directory_is_one_name_whatever_it_holds() {
        let setting = socket_setting(Path::new("/a, b/\"c\""));
        assert_eq!(setting, r#"unix_socket_directories="/a, b/""c""""#);
    }
}
