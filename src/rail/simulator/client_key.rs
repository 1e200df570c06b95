//! The key of the client, which may be made after the simulator has started.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::rail::key::PeerKey;
use crate::rail::key_file::KeyFileError;

/// The key of the client: read once, when it is first needed. Each end makes its key when it starts, so one of the two must wait.
#[derive(Debug)]
pub(crate) struct ClientKey {
    path: PathBuf,
    key: OnceLock<PeerKey>,
}

impl ClientKey {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, key: OnceLock::new() }
    }

    pub(crate) fn key(&self) -> Result<PeerKey, KeyFileError> {
        if let Some(key) = self.key.get() {
            return Ok(key.clone());
        }
        let key = PeerKey::open(&self.path)?;
        Ok(self.key.get_or_init(|| key).clone())
    }
}
