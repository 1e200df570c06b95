//! `jiujinan token`

use crate::server::command::{dev, say};
use crate::server::config::Token;
use crate::server::issuer::Issuer;

/// Prints a token, nothing else.
pub fn token(token: &Token) -> anyhow::Result<()> {
    let dir = dev::data_dir(token.data_dir.as_deref())?;
    say(&Issuer::open(&dir)?.sign(token)?)
}
