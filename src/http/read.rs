//! GET: reads with a typed query. A body is ignored.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::actor::Actor;
use crate::http::accept::negotiate;
use crate::http::context::Context;
use crate::http::edge::{Access, Edge};
use crate::http::kind::Kind;
use crate::http::problem::Problem;
use crate::http::{path, query};

/// A GET: 401, 429, 403, then 400 for the query.
#[derive(Debug)]
pub struct Read<A, Q> {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What belongs to the request and ends up in answers.
    pub context: Context,
    /// The parameters.
    pub query: Q,
    request: HttpRequest,
    access: PhantomData<A>,
}

impl<A, Q> Read<A, Q> {
    /// The id of that name in the path; 404 when it is none.
    pub fn path_id<T: From<Uuid>>(&self, name: &str) -> Result<T, Problem> {
        path::id(&self.request, name)
    }

    /// The value of that name in the path; 404 when it is none.
    pub fn path_value<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        path::value(&self.request, name)
    }

    /// The offered format that the caller likes best; 406 when it likes none.
    pub fn accept(&self, offered: &[Kind]) -> Result<Kind, Problem> {
        negotiate(self.request.headers(), offered)
    }

    /// The request itself.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }
}

impl<A: Access, Q: DeserializeOwned + 'static> FromRequest for Read<A, Q> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read<A: Access, Q: DeserializeOwned>(request: &HttpRequest) -> Result<Read<A, Q>, Problem> {
    let actor = Edge::of(request)?.admit::<A>(request)?;
    let query = query::parse(request.query_string())?;
    Ok(Read { actor, context: Context::of(request), query, request: request.clone(), access: PhantomData })
}
