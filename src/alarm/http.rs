//! The edge of alarms.

use actix_web::get;
use actix_web::web::Data;

use crate::actor::{Role, Roles};
use crate::alarm::list::{AlarmAnswer, list};
use crate::http::{Access, Page, Paged, Problem, Read, Reply};
use crate::reads::Readers;

/// Who acts on alarms.
pub struct Alarmed;

impl Access for Alarmed {
    const ROLES: Roles = Roles::of(&[Role::Approver, Role::Finance, Role::Auditor]);
}

/// Alarms of the caller's scope, the newest first. Those of sealed cases are shown to auditors only.
#[utoipa::path(
    tag = "alarms", responses((status = 200, body = Paged<AlarmAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/alarms")]
async fn get_alarms(read: Read<Alarmed, Page>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &list(&readers, &read.actor, &read.query).await?)
}

/// Routes of alarms.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(get_alarms);
}
