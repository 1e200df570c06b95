//! The routes of the house, one line a feature.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::server::health;
use crate::{
    alarm, case, custody, fund, goods, hook, hospital, publicity, recovery, report, roster, settlement, statement, transfer,
    waiver,
};

/// Every documented route.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        utoipa_actix_web::scope("/v1")
            .configure(case::routes)
            .configure(fund::routes)
            .configure(custody::routes)
            .configure(goods::routes)
            .configure(recovery::routes)
            .configure(roster::routes)
            .configure(hospital::routes)
            .configure(settlement::routes)
            .configure(transfer::routes)
            .configure(statement::routes)
            .configure(alarm::routes)
            .configure(waiver::routes)
            .configure(hook::routes)
            .configure(report::routes)
            .configure(publicity::routes),
    );
    config.configure(waiver::keys);
    health::routes(config);
}
