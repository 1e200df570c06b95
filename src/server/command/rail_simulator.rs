//! `jiujinan rail-simulator`: a bank to try the rail on.

use crate::rail::simulator::{Reach, Simulator, SimulatorSettings};
use crate::server::command::say;
use crate::server::config::RailSimulator;
use crate::server::run::asked_to_stop;

/// Serves until asked to stop.
pub async fn rail_simulator(settings: RailSimulator) -> anyhow::Result<()> {
    let simulator = Simulator::start(SimulatorSettings {
        listen: settings.listen,
        key: settings.key,
        client_key: settings.client_key,
        ledger: settings.ledger,
        callback: settings.callback,
        reach: if settings.callback_anywhere { Reach::Anywhere } else { Reach::Loopback },
        behaviour: settings.behaviour,
    })?;
    say(&format!("http://{}", simulator.address))?;
    let handle = simulator.handle();
    let serving = tokio::spawn(simulator.run());
    asked_to_stop().await;
    handle.stop(true).await;
    Ok(serving.await??)
}
