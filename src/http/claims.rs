//! What a verified token says, and the rules that its claims must keep.

use serde::Deserialize;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::division::Division;
use crate::http::token::Refused;

/// Clocks may differ by so much.
pub(crate) const LEEWAY_S: u64 = 30;
/// No token lives longer.
const LIFE_MAX_S: u64 = 24 * 60 * 60;
/// `sub` goes into every row that the person causes.
const SUB_CHARACTERS_MAX: usize = 128;
const JTI_BYTES_MAX: usize = 256;
const NOTE_CHARACTERS_MAX: usize = 128;

/// The claims that we read; others are ignored. Everything is optional here so that each absence has a reason of its own.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: Option<String>,
    sub: Option<String>,
    iat: Option<u64>,
    nbf: Option<u64>,
    exp: Option<u64>,
    jti: Option<String>,
    pub(crate) typ: Option<String>,
    roles: Option<Vec<String>>,
    division: Option<String>,
    section: Option<String>,
    hospital: Option<String>,
    /// The hash of the one request that a countersign signs.
    pub(crate) req: Option<String>,
}

/// What a token proves.
pub(crate) struct Proven {
    pub(crate) actor: Actor,
    pub(crate) issuer: String,
    pub(crate) jti: String,
    pub(crate) req: Option<String>,
    /// Seconds between `iat` and `exp`.
    pub(crate) life_s: u64,
    /// Seconds since 1970.
    pub(crate) exp: u64,
}

impl Claims {
    /// The claims as values; signature, `iss`, `aud`, `exp` and `nbf` are verified already.
    pub(crate) fn prove(self, now: u64) -> Result<Proven, Refused> {
        let issuer = self.iss.ok_or(Refused::new("no iss"))?;
        let sub = self.sub.ok_or(Refused::new("no sub"))?;
        let visible = |character: char| !character.is_control() && !character.is_whitespace();
        if sub.is_empty() || sub.chars().count() > SUB_CHARACTERS_MAX || !sub.chars().all(visible) {
            return Err(Refused::new("sub is not 1 to 128 visible characters"));
        }
        let iat = self.iat.ok_or(Refused::new("no iat"))?;
        self.nbf.ok_or(Refused::new("no nbf"))?;
        let exp = self.exp.ok_or(Refused::new("no exp"))?;
        if iat > now.saturating_add(LEEWAY_S) {
            return Err(Refused::new("issued in the future"));
        }
        let life_s = exp.checked_sub(iat).ok_or(Refused::new("expires before it was issued"))?;
        if life_s > LIFE_MAX_S {
            return Err(Refused::new("lives longer than 24 h"));
        }
        let jti = self.jti.filter(|jti| !jti.is_empty() && jti.len() <= JTI_BYTES_MAX).ok_or(Refused::new("no jti"))?;
        let roles = roles(&self.roles.ok_or(Refused::new("no roles"))?)?;
        let division = self.division.ok_or(Refused::new("no division"))?;
        let scope = division.parse::<Division>().map_err(|_| Refused::new("division is no code"))?;
        let (section, hospital) = (note(self.section)?, note(self.hospital)?);
        let actor = Actor { subject: Subject::new(&issuer, &sub), roles, scope, section, hospital };
        Ok(Proven { actor, issuer, jti, req: self.req, life_s, exp })
    }
}

/// The known roles; names that are not known are passed over, because an issuer serves other systems too.
fn roles(names: &[String]) -> Result<Roles, Refused> {
    let roles: Roles = Role::ALL.into_iter().filter(|role| names.iter().any(|name| name == role.as_str())).collect();
    if roles.is_empty() { Err(Refused::new("no known role")) } else { Ok(roles) }
}

fn note(text: Option<String>) -> Result<Option<String>, Refused> {
    let fits =
        |text: &String| !text.is_empty() && text.chars().count() <= NOTE_CHARACTERS_MAX && !text.chars().any(char::is_control);
    match text {
        Some(text) if !fits(&text) => Err(Refused::new("section or hospital is not 1 to 128 characters")),
        text => Ok(text),
    }
}
