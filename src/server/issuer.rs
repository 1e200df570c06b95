//! The issuer of a data directory: signs tokens for development and drills. Real cities bring their own issuer.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::http::IssuerSettings;
use crate::server::config::Token;

/// The name in `iss`.
pub const NAME: &str = "urn:jiujinan:dev";
const KID: &str = "dev-1";

/// An issuer whose key lies in a data directory.
pub struct Issuer {
    key: EncodingKey,
    jwks: PathBuf,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: String,
    roles: Vec<&'static str>,
    division: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hospital: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    req: Option<&'a str>,
}

impl Issuer {
    /// Opens the issuer of a data directory; makes its key when there is none.
    pub fn create(data_dir: &Path) -> anyhow::Result<Self> {
        let dir = data_dir.join("issuer");
        fs::create_dir_all(&dir).with_context(|| format!("{} can not be made", dir.display()))?;
        let path = dir.join("key.pem");
        if !path.exists() {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).context("no randomness")?;
            let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(Default::default())?;
            write_new(&path, pem.as_bytes(), 0o600)?;
        }
        Self::open(data_dir)
    }

    /// Opens the issuer of a data directory.
    pub fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let dir = data_dir.join("issuer");
        let path = dir.join("key.pem");
        let pem =
            fs::read_to_string(&path).with_context(|| format!("{} can not be read; `jiujinan dev` makes it", path.display()))?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        let jwks = dir.join("jwks.json");
        if !jwks.exists() {
            let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
            let set = serde_json::json!({"keys": [
                {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KID, "x": public}
            ]});
            write_new(&jwks, set.to_string().as_bytes(), 0o644)?;
        }
        Ok(Self { key: EncodingKey::from_ed_pem(pem.as_bytes())?, jwks })
    }

    /// How a server trusts this issuer.
    pub fn settings(&self) -> IssuerSettings {
        IssuerSettings { name: NAME.into(), algorithms: vec![Algorithm::EdDSA], jwks: self.jwks.clone() }
    }

    /// Signs a token.
    pub fn sign(&self, token: &Token) -> anyhow::Result<String> {
        if token.sub.is_empty()
            || token.sub.chars().count() > 128
            || token.sub.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            bail!("--sub needs 1 to 128 visible characters");
        }
        if token
            .req
            .as_deref()
            .is_some_and(|req| req.len() != 64 || !req.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
        {
            bail!("--req needs 64 lower-case hexadecimal digits");
        }
        let now = jsonwebtoken::get_current_timestamp();
        let claims = Claims {
            iss: NAME,
            aud: "jiujinan",
            sub: &token.sub,
            iat: now,
            nbf: now,
            exp: now + token.ttl.as_secs(),
            jti: uuid::Uuid::new_v4().to_string(),
            roles: token.role.iter().map(|role| role.as_str()).collect(),
            division: token.division.as_str(),
            name: token.name.as_deref(),
            section: token.section.as_deref(),
            hospital: token.hospital.as_deref(),
            req: token.req.as_deref(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".into());
        header.kid = Some(KID.into());
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }
}

/// Writes a file whole or not at all; one that another process has written meanwhile stays.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.with_context(|| format!("{} can not be written", path.display())),
    }
}
