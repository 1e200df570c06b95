//! Bearer tokens: JWT access tokens (RFC 9068) of issuers that are pinned to algorithms and key sets.
//!
//! Verifying a signature costs more than everything else at this edge (74 µs for EdDSA), so what was verified is
//! remembered by the hash of the token until it expires or a key set changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::actor::Actor;
use crate::http::claims::{Claims, LEEWAY_S, Proven};
use crate::http::issuer::{IssuerSettings, TokenError};
use crate::http::jwks::{Jwks, Key};

/// No token is longer.
const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How many verified tokens are remembered.
const REMEMBERED_MAX: u64 = 20_000;

/// Why a token was refused; a fixed text, for the log and the denial. Clients are told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(&'static str);

impl Refused {
    pub(crate) const fn new(reason: &'static str) -> Self {
        Self(reason)
    }

    /// The reason.
    pub const fn reason(self) -> &'static str {
        self.0
    }
}

/// Everybody whose tokens are accepted.
pub struct Issuers {
    issuers: Vec<Issuer>,
    audience: String,
    verified: Cache<[u8; 32], Verified>,
    /// Counts changes of key sets: what was verified before the last one is verified anew.
    changes: AtomicU64,
}

struct Issuer {
    name: String,
    jwks: Jwks,
}

#[derive(Clone)]
struct Verified {
    actor: Arc<Actor>,
    exp: u64,
    change: u64,
}

impl Issuers {
    /// Sets the issuers up and reads their key sets.
    pub fn load(settings: &[IssuerSettings], audience: &str) -> Result<Self, TokenError> {
        if audience.is_empty() {
            return Err(TokenError::Audience);
        }
        let mut issuers: Vec<Issuer> = Vec::with_capacity(settings.len());
        for one in settings {
            one.check()?;
            if issuers.iter().any(|issuer| issuer.name == one.name) {
                return Err(TokenError::Issuers);
            }
            let failed = |cause| TokenError::Jwks { issuer: one.name.clone(), path: one.jwks.clone(), cause };
            let jwks = Jwks::load(&one.jwks, &one.algorithms).map_err(failed)?;
            issuers.push(Issuer { name: one.name.clone(), jwks });
        }
        if issuers.is_empty() {
            return Err(TokenError::Issuers);
        }
        Ok(Self { issuers, audience: audience.to_owned(), verified: Cache::new(REMEMBERED_MAX), changes: AtomicU64::new(0) })
    }

    /// Who sent the token.
    pub fn verify(&self, token: &str) -> Result<Arc<Actor>, Refused> {
        self.verify_at(token, now())
    }

    /// Reads every key set again, for a worker that wants removed keys to lose their force without a new one showing up.
    pub fn refresh(&self) {
        for issuer in &self.issuers {
            self.reread(issuer);
        }
    }

    fn verify_at(&self, token: &str, now: u64) -> Result<Arc<Actor>, Refused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refused("longer than 8 KiB"));
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        let change = self.changes.load(Ordering::Acquire);
        if let Some(known) = self.verified.get(&digest)
            && known.change == change
        {
            return if now <= known.exp.saturating_add(LEEWAY_S) { Ok(known.actor) } else { Err(Refused("expired")) };
        }
        let proven = self.prove(token, now)?;
        // Whoever holds a countersign got it from its signer to send it along: it must not open the signer's doors.
        if proven.req.is_some() {
            return Err(Refused("a countersign is no access token"));
        }
        let actor = Arc::new(proven.actor);
        self.verified.insert(digest, Verified { actor: Arc::clone(&actor), exp: proven.exp, change });
        Ok(actor)
    }

    /// Verifies a token, remembering nothing.
    pub(crate) fn prove(&self, token: &str, now: u64) -> Result<Proven, Refused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refused("longer than 8 KiB"));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refused("not a JWT of a known algorithm"))?;
        if header.crit.is_some() {
            return Err(Refused("critical header parameters are not understood"));
        }
        // Not verified yet: only good for choosing the issuer, whose name is verified below.
        let claimed: Claims =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Refused("claims of another shape"))?;
        let name = claimed.iss.as_deref().ok_or(Refused("no iss"))?;
        let issuer = self.issuers.iter().find(|issuer| issuer.name == name).ok_or(Refused("unknown issuer"))?;
        let kid = header.kid.as_deref().ok_or(Refused("no kid"))?;
        let key = self.key(issuer, kid).ok_or(Refused("unknown kid"))?;
        if header.alg != key.algorithm {
            return Err(Refused("another algorithm than the key's"));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation(issuer, &key))
            .map_err(|error| Refused(reason(error.kind())))?
            .claims;
        if !is_access_token(&header, &claims) {
            return Err(Refused("typ is not at+jwt"));
        }
        claims.prove(now)
    }

    fn validation(&self, issuer: &Issuer, key: &Key) -> Validation {
        let mut validation = Validation::new(key.algorithm);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        validation.set_issuer(&[&issuer.name]);
        validation.set_audience(&[&self.audience]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_S;
        validation
    }

    fn key(&self, issuer: &Issuer, kid: &str) -> Option<Arc<Key>> {
        issuer.jwks.key(kid).or_else(|| {
            self.reread(issuer);
            issuer.jwks.key(kid)
        })
    }

    fn reread(&self, issuer: &Issuer) {
        if issuer.jwks.reread(Instant::now()) {
            self.changes.fetch_add(1, Ordering::AcqRel);
            self.verified.invalidate_all();
        }
    }
}

/// RFC 9068 wants `typ: at+jwt` in the header; some issuers can only set claims, and then say `JWT` or nothing in the header.
fn is_access_token(header: &Header, claims: &Claims) -> bool {
    let access = |typ: &str| typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt");
    match header.typ.as_deref() {
        Some(typ) if access(typ) => true,
        Some(typ) if !typ.eq_ignore_ascii_case("JWT") => false,
        _ => claims.typ.as_deref().is_some_and(access),
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn reason(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "the signature does not hold",
        ErrorKind::ExpiredSignature => "expired",
        ErrorKind::ImmatureSignature => "not valid yet",
        ErrorKind::InvalidAudience => "for another audience",
        ErrorKind::InvalidIssuer => "of another issuer",
        ErrorKind::InvalidAlgorithm => "another algorithm than the key's",
        ErrorKind::MissingRequiredClaim(_) => "a required claim is missing",
        ErrorKind::InvalidClaimFormat(_) => "a claim is malformed",
        ErrorKind::Base64(_) | ErrorKind::Json(_) | ErrorKind::Utf8(_) => "claims of another shape",
        _ => "cannot be verified",
    }
}

#[cfg(test)]
mod tests;
