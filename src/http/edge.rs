//! What every extractor needs, as one piece of app data, and the door they all go through.

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use crate::actor::{Actor, Roles};
use crate::http::gate::{Gate, Needs};
use crate::http::journal::Journal;
use crate::http::key::Fingerprinter;
use crate::http::limits::{Caller, Limits};
use crate::http::problem::Problem;
use crate::http::token::{Issuers, Refused};

/// Which roles a route is for.
pub trait Access: 'static {
    /// One of them is enough.
    const ROLES: Roles;
    /// What it needs to be answered.
    const NEEDS: Needs = Needs::Database;
}

/// What every extractor needs; goes into the app as `Data<Edge>`.
pub struct Edge {
    /// Whose tokens are accepted.
    pub issuers: Issuers,
    /// Makes the digests of keys and requests.
    pub fingerprinter: Fingerprinter,
    /// How much and how often.
    pub limits: Limits,
    /// Whether the database was found.
    pub gate: Gate,
}

impl Edge {
    pub(crate) fn of(request: &HttpRequest) -> Result<&Self, Problem> {
        let edge = request.app_data::<Data<Self>>().map(|data| data.get_ref());
        edge.ok_or_else(|| Problem::internal("the app has no Data<Edge>"))
    }

    /// 401, then 429, then 403, then 503 of the gate. Whoever fails to log in is counted by address, everybody else by subject.
    pub(crate) fn admit<A: Access>(&self, request: &HttpRequest) -> Result<Arc<Actor>, Problem> {
        let actor = match self.login(request) {
            Ok(actor) => actor,
            Err(problem) => {
                self.count(request, &Caller::at(request.peer_addr().map(|address| address.ip())))?;
                return Err(problem);
            }
        };
        if let Some(journal) = request.extensions_mut().get_mut::<Journal>() {
            journal.caller = Some(Arc::clone(&actor));
        }
        self.count(request, &Caller::Subject(actor.subject.clone()))?;
        if !actor.roles.meets(A::ROLES) {
            return Err(Problem::forbidden());
        }
        self.gate.admit(A::NEEDS)?;
        Ok(actor)
    }

    fn login(&self, request: &HttpRequest) -> Result<Arc<Actor>, Problem> {
        let refused = |refused: Refused| Problem::unauthenticated(Some(refused.reason()));
        let mut values = request.headers().get_all(AUTHORIZATION);
        let Some(value) = values.next() else { return Err(Problem::unauthenticated(None)) };
        if values.next().is_some() {
            return Err(refused(Refused::new("more than one Authorization header")));
        }
        let text = value.to_str().map_err(|_| refused(Refused::new("not a bearer token")))?;
        let token =
            text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let token = token.ok_or_else(|| refused(Refused::new("not a bearer token")))?;
        self.issuers.verify(token).map_err(refused)
    }

    fn count(&self, request: &HttpRequest, caller: &Caller) -> Result<(), Problem> {
        let (allowance, verdict) = match self.limits.check(caller) {
            Ok(allowance) => (allowance, Ok(())),
            Err((allowance, problem)) => (Some(allowance), Err(problem)),
        };
        if allowance.is_some()
            && let Some(journal) = request.extensions_mut().get_mut::<Journal>()
        {
            journal.allowance = allowance;
        }
        verdict
    }
}
