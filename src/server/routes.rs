//! The routes of the house, one line a feature.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::server::health;
use crate::{alarm, case, fund, recovery};

/// Every documented route.
pub fn routes(config: &mut ServiceConfig) {
    let v1 = utoipa_actix_web::scope("/v1").configure(case::routes).configure(fund::routes).configure(alarm::routes);
    config.service(v1.configure(recovery::routes));
    health::routes(config);
}
