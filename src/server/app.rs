//! The table of routes.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use utoipa::openapi::OpenApi;

use crate::book::Book;
use crate::case::Bank;
use crate::hook::HookSettings;
use crate::http::{Edge, Routes};
use crate::reads::Readers;
use crate::server::{health, openapi};
use crate::vault::Vault;

/// What handlers are given.
#[derive(Clone)]
pub struct Services {
    /// Tokens, keys and limits.
    pub edge: Data<Edge>,
    /// The room for money.
    pub book: Data<Book>,
    /// Reads in the caller's scope.
    pub readers: Data<Readers>,
    /// Keys and seals.
    pub vault: Data<Vault>,
    /// Whose call-backs are believed.
    pub bank: Data<Bank>,
    /// How hooks are told.
    pub hooks: Data<HookSettings>,
    /// Whether the server is ready.
    pub health: Data<health::Health>,
    /// The interface as a document.
    pub document: Arc<OpenApi>,
    /// Every method and path.
    pub routes: Data<Routes>,
}

impl Services {
    /// Adds data and the routes that stand outside `/v1`.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(self.edge.clone())
            .app_data(self.book.clone())
            .app_data(self.readers.clone())
            .app_data(self.vault.clone())
            .app_data(self.bank.clone())
            .app_data(self.hooks.clone())
            .app_data(self.health.clone())
            .app_data(self.routes.clone())
            .service(openapi::pages(&self.document))
            .service(actix_web::web::redirect("/docs", "/docs/"));
    }
}
