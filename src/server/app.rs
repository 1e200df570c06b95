//! The table of routes.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use utoipa::openapi::OpenApi;

use crate::book::{Aside, Book};
use crate::hook::HookSettings;
use crate::hospital::Hospitals;
use crate::http::{Edge, Routes};
use crate::reads::Readers;
use crate::roster::Roster;
use crate::server::{health, openapi};
use crate::transfer::Bank;
use crate::vault::Vault;
use crate::waiver::{PromiseKeys, Recorder};

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
    /// Writes registers beside the book's queue.
    pub aside: Data<Aside>,
    /// Who is on the roster, in memory.
    pub roster: Data<Roster>,
    /// Records what hospitals were answered.
    pub recorder: Data<Recorder>,
    /// Signs promises.
    pub promises: Data<PromiseKeys>,
    /// What was agreed with hospitals, in memory.
    pub hospitals: Data<Hospitals>,
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
            .app_data(self.aside.clone())
            .app_data(self.roster.clone())
            .app_data(self.hospitals.clone())
            .app_data(self.recorder.clone())
            .app_data(self.promises.clone())
            .app_data(self.hooks.clone())
            .app_data(self.health.clone())
            .app_data(self.routes.clone())
            .service(openapi::pages(&self.document))
            .service(actix_web::web::redirect("/docs", "/docs/"));
    }
}
