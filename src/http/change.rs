//! PATCH and PUT: changes of what has a version.

use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use uuid::Uuid;

use crate::actor::Actor;
use crate::code::Code;
use crate::http::body::{self, Body};
use crate::http::call::Extraction;
use crate::http::context::Context;
use crate::http::countersign::Countersigned;
use crate::http::edge::{Access, Edge};
use crate::http::problem::Problem;
use crate::http::{path, payload};

/// A PATCH or PUT: no key, because the version in `If-Match` lets it happen once. Must be the first argument of its handler.
#[derive(Debug)]
pub struct Change<A, B> {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What belongs to the request and ends up in answers.
    pub context: Context,
    /// What is asked for.
    pub body: B,
    /// The bytes it came in.
    pub raw: Bytes,
    /// Whether a second officer signed.
    pub countersigned: Countersigned,
    /// The version that the caller has read, if it said one.
    pub if_match: Option<IfMatch>,
    request: HttpRequest,
    access: PhantomData<A>,
}

/// What `If-Match` said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// One strong entity tag that is a version of ours, `"7"`.
    Version(u64),
    /// `*`, a weak tag, a list, or a tag that we never gave: matches nothing.
    Nothing,
}

impl<A, B> Change<A, B> {
    /// 428 when no version was said, 412 when it is another than the present one.
    pub fn expect_version(&self, now: u64) -> Result<(), Problem> {
        match self.if_match {
            None => Err(Problem::fixed(Code::PreconditionRequired, "say in If-Match which version you have read")),
            Some(IfMatch::Version(version)) if version == now => Ok(()),
            Some(IfMatch::Version(_) | IfMatch::Nothing) => {
                Err(Problem::new(Code::PreconditionFailed, format!("it has changed since you read it, the version is {now}")))
            }
        }
    }

    /// The id of that name in the path; 404 when it is none.
    pub fn path_id<T: From<Uuid>>(&self, name: &str) -> Result<T, Problem> {
        path::id(&self.request, name)
    }

    /// The value of that name in the path; 404 when it is none.
    pub fn path_value<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        path::value(&self.request, name)
    }

    /// The request itself.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }
}

impl<A: Access, B: Body> FromRequest for Change<A, B> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let edge = Edge::of(&request)?;
            let actor = edge.admit::<A>(&request)?;
            let raw = payload::read(&request, payload, &edge.limits).await?;
            let (body, _) = body::read(&raw)?;
            let countersigned = edge.issuers.countersigned(request.headers(), &raw);
            let (context, if_match) = (Context::of(&request), if_match(request.headers()));
            Ok(Self { actor, context, body, raw, countersigned, if_match, request, access: PhantomData })
        })
    }
}

fn if_match(headers: &HeaderMap) -> Option<IfMatch> {
    let mut values = headers.get_all(IF_MATCH);
    let value = values.next()?;
    let tag = value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"'));
    // Only as we write it: no sign, no leading zero.
    let version = tag.and_then(|tag| tag.parse::<u64>().ok().filter(|version| version.to_string() == tag));
    match (version, values.next()) {
        (Some(version), None) => Some(IfMatch::Version(version)),
        _ => Some(IfMatch::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_strong_tag_that_we_gave_is_a_version() {
        let read = |tag: &str| if_match(TestRequest::default().insert_header((IF_MATCH, tag)).to_http_request().headers());
        assert_eq!(read("\"7\""), Some(IfMatch::Version(7)));
        for other in ["*", "W/\"7\"", "7", "\"07\"", "\"+7\"", "\"7\", \"8\"", "", "\"\"", "\"-1\"", "\"18446744073709551616\""] {
            assert_eq!(read(other), Some(IfMatch::Nothing), "{other}");
        }
        assert_eq!(if_match(TestRequest::default().to_http_request().headers()), None);
    }
}
