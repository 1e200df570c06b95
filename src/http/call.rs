//! POST: requests that change state, and requests that only ask.
//!
//! The order of checks is that of the interface: 401, 429, 403, then 415, 413 and 400 of the body, then the key. The body
//! is not touched before 401 and 403.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use uuid::Uuid;

use crate::actor::Actor;
use crate::http::body::{self, Body};
use crate::http::context::Context;
use crate::http::countersign::Countersigned;
use crate::http::edge::{Access, Edge};
use crate::http::key::{RequestKey, key_of};
use crate::http::problem::Problem;
use crate::http::{path, payload};

/// The future of an extractor.
pub(crate) type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A POST that changes state. Must be the first argument of its handler.
#[derive(Debug)]
pub struct Call<A, B> {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What belongs to the request and ends up in answers.
    pub context: Context,
    /// What is asked for.
    pub body: B,
    /// The bytes it came in.
    pub raw: Bytes,
    /// By what the request is known again.
    pub key: RequestKey,
    /// Whether a second officer signed.
    pub countersigned: Countersigned,
    request: HttpRequest,
    access: std::marker::PhantomData<A>,
}

/// A POST that changes nothing (preview, quote, check, search). Must be the first argument of its handler.
#[derive(Debug)]
pub struct Ask<A, B> {
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
    request: HttpRequest,
    access: std::marker::PhantomData<A>,
}

impl<A: Access, B: Body> FromRequest for Call<A, B> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let edge = Edge::of(&request)?;
            let actor = edge.admit::<A>(&request)?;
            let raw = payload::read(&request, payload, &edge.limits).await?;
            let (body, tree) = body::read(&raw)?;
            let key = key_of(request.headers())?;
            let key = edge.fingerprinter.key(&actor, &key, request.method().as_str(), request.path(), &tree);
            drop(tree);
            let countersigned = edge.issuers.countersigned(request.headers(), &raw);
            let context = Context::of(&request);
            Ok(Self { actor, context, body, raw, key, countersigned, request, access: std::marker::PhantomData })
        })
    }
}

impl<A: Access, B: Body> FromRequest for Ask<A, B> {
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
            let context = Context::of(&request);
            Ok(Self { actor, context, body, raw, countersigned, request, access: std::marker::PhantomData })
        })
    }
}

macro_rules! path_values {
    ($($extractor:ident),+) => {$(
        impl<A, B> $extractor<A, B> {
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
    )+};
}

path_values!(Call, Ask);
