//! The edge: HTTP in, answers and problem documents out. It knows tokens, keys and limits, and nothing of aid.
//!
//! ```text
//!            Trace (context, problems, headers, log, metrics)
//!              │
//!  request ──► Call / Ask / Change / Read ──► handler ──► Reply | Problem
//!              │
//!              ├─ 401  token      issuers, pinned algorithms, JWKS, cache
//!              ├─ 429  limits     GCRA by subject, or by address
//!              ├─ 403  Access     the roles of the route
//!              ├─ 503  Gate       the database was not found yet since the start
//!              ├─ 415 413 400     body, Text, Patch, Faults; query, Page
//!              ├─ Upload     a file, as it comes
//!              └─ key             Idempotency-Key → digest, fingerprint
//! ```
//! An extractor checks in this order and does not touch the body before 403. What follows (replay of the key, 404 of the
//! scope, the countersign) is decided above, with what the extractor hands over.

mod accept;
mod body;
mod call;
mod change;
mod claims;
mod context;
mod countersign;
mod denial;
mod echo;
mod edge;
mod fault;
mod gate;
mod issuer;
mod journal;
mod json;
mod jwks;
mod key;
mod kind;
mod limits;
mod page;
mod patch;
mod path;
mod payload;
mod problem;
mod quality;
mod query;
mod read;
mod reply;
mod routes;
mod status;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod trace;
mod upload;

pub use accept::negotiate;
pub use body::Body;
pub use call::{Ask, Call};
pub use change::{Change, IfMatch};
pub use context::{Context, Language};
pub use countersign::{Countersign, Countersigned};
pub use denial::{Denial, DenialKind};
pub use edge::{Access, Edge};
pub use fault::{Fault, Faults};
pub use gate::{Gate, Needs};
pub use issuer::{IssuerSettings, TokenError};
pub use jwks::JwksError;
pub use key::{Fingerprinter, RequestKey};
pub use kind::Kind;
pub use limits::{Limits, Rate, RateInvalid};
pub use page::{Cursor, Page, PageLimit, Paged, decode_cursor, encode_cursor};
pub use patch::Patch;
pub use problem::Problem;
pub use query::NoQuery;
pub use read::Read;
pub use reply::Reply;
pub use routes::{Routes, no_route};
pub use text::{Text, TextInvalid};
pub use token::{Issuers, Refused};
pub use trace::{Meters, Trace, Traced};
pub use upload::{Charset, FileKind, Takes, Upload};
