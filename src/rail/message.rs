//! What a signature of the rail covers.

use crate::rail::signature::Component;

/// A message, as far as it is signed besides its body.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// A request.
    Request {
        /// Its method in capitals.
        method: &'a str,
        /// Its path, without query.
        path: &'a str,
    },
    /// An answer. It covers the request and the request's signature, which no other request of another second has.
    Answer {
        /// Its status.
        status: u16,
        /// The method that was asked with.
        method: &'a str,
        /// The path that was asked for.
        path: &'a str,
        /// The header `Signature` of the request.
        signature: &'a str,
    },
}

impl<'a> Message<'a> {
    /// Calls with the covered components and their values; `digest` is the header `Content-Digest`.
    pub(crate) fn covered<T>(&self, digest: &str, call: impl FnOnce(&[Component<'_>]) -> T) -> T {
        match *self {
            Self::Request { method, path } => {
                call(&[("\"@method\"", method), ("\"@path\"", path), ("\"content-digest\"", digest)])
            }
            Self::Answer { status, method, path, signature } => call(&[
                ("\"@status\"", &status.to_string()),
                ("\"content-digest\"", digest),
                ("\"@method\";req", method),
                ("\"@path\";req", path),
                ("\"signature\";req;key=\"rail\"", signature.strip_prefix("rail=").unwrap_or(signature)),
            ]),
        }
    }

    /// The answer to this request.
    pub fn answered(&self, status: u16, signature: &'a str) -> Self {
        match *self {
            Self::Request { method, path } | Self::Answer { method, path, .. } => {
                Self::Answer { status, method, path, signature }
            }
        }
    }
}
