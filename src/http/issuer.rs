//! Who may issue tokens: the setting of one issuer.

use std::path::PathBuf;
use std::str::FromStr;

use jsonwebtoken::Algorithm;

use crate::http::jwks::JwksError;

/// The setting of one issuer; as text `NAME=EdDSA+ES256=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The value of `iss` in its tokens.
    pub name: String,
    /// The algorithms it is pinned to: EdDSA, ES256, RS256.
    pub algorithms: Vec<Algorithm>,
    /// The path of its JWKS.
    pub jwks: PathBuf,
}

/// Why the issuers cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The text of a setting is not `NAME=ALGORITHM[+ALGORITHM]=PATH`.
    #[error("an issuer is set as NAME=ALGORITHM[+ALGORITHM]=PATH, for example https://idp.example=EdDSA=/etc/jiujinan/jwks.json")]
    Malformed,
    /// A name that a subject could not hold.
    #[error("the name of an issuer must have 1 to 256 visible characters and no '#': {0:?}")]
    Name(String),
    /// An algorithm that is not allowed.
    #[error("tokens may be signed with EdDSA, ES256 or RS256, not with {0:?}")]
    Algorithm(String),
    /// No issuer, or two of one name.
    #[error("each issuer must be set once, and there must be one")]
    Issuers,
    /// The audience is empty.
    #[error("the audience must not be empty")]
    Audience,
    /// A key set cannot be used.
    #[error("the key set {path:?} of the issuer {issuer:?} {cause}")]
    Jwks {
        /// The issuer.
        issuer: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: JwksError,
    },
}

impl IssuerSettings {
    /// Refuses names that a subject could not hold, and algorithms beyond the three.
    pub(crate) fn check(&self) -> Result<(), TokenError> {
        let visible = |character: char| !character.is_control() && !character.is_whitespace() && character != '#';
        if self.name.is_empty() || self.name.len() > 256 || !self.name.chars().all(visible) {
            return Err(TokenError::Name(self.name.clone()));
        }
        let foreign = self.algorithms.iter().find(|algorithm| !ALLOWED.contains(algorithm));
        match (foreign, self.algorithms.is_empty()) {
            (Some(algorithm), _) => Err(TokenError::Algorithm(format!("{algorithm:?}"))),
            (None, true) => Err(TokenError::Malformed),
            (None, false) => Ok(()),
        }
    }
}

/// Asymmetric, and each verified by one routine only.
const ALLOWED: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256];

impl FromStr for IssuerSettings {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let mut parts = text.splitn(3, '=');
        let (Some(name), Some(algorithms), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(TokenError::Malformed);
        };
        if path.is_empty() {
            return Err(TokenError::Malformed);
        }
        let algorithms = algorithms.split('+').map(|name| name.parse().map_err(|_| TokenError::Algorithm(name.to_owned())));
        let settings = Self { name: name.to_owned(), algorithms: algorithms.collect::<Result<_, _>>()?, jwks: path.into() };
        settings.check()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_set_in_one_text() {
        let settings: IssuerSettings = "https://idp.example/a=EdDSA+ES256=/etc/a=b.json".parse().unwrap();
        assert_eq!(settings.name, "https://idp.example/a");
        assert_eq!(settings.algorithms, [Algorithm::EdDSA, Algorithm::ES256]);
        assert_eq!(settings.jwks, PathBuf::from("/etc/a=b.json"));
    }

    #[test]
    fn symmetric_algorithms_and_odd_names_are_refused() {
        for wrong in ["idp=HS256=/k", "idp=none=/k", "idp=EdDSA+HS512=/k", "idp=PS256=/k", "idp=ES384=/k", "idp==/k"] {
            assert!(matches!(wrong.parse::<IssuerSettings>(), Err(TokenError::Algorithm(_))), "{wrong}");
        }
        for wrong in ["a#b=EdDSA=/k", "=EdDSA=/k", "a b=EdDSA=/k", "a\u{7}=EdDSA=/k"] {
            assert!(matches!(wrong.parse::<IssuerSettings>(), Err(TokenError::Name(_))), "{wrong}");
        }
        for wrong in ["", "idp", "idp=EdDSA", "idp=EdDSA="] {
            assert!(matches!(wrong.parse::<IssuerSettings>(), Err(TokenError::Malformed)), "{wrong}");
        }
    }
}
