//! The baseline of waiver checks: an endpoint that does one select by primary key and nothing else, in a process of its own. It has the
//! server's HTTP library, pool and number of connections; no token, no body, no record.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, error, get};
use anyhow::Context;
use clap::Args;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::{Config, NoTls};

use crate::baseline::DATABASE;

/// As many as the server's readers.
const CONNECTIONS: usize = 16;
const LISTENS: &str = "bare select serves http://";

/// Serves the bare select.
#[derive(Args)]
pub struct Select {
    /// Socket directory of the PostgreSQL.
    #[arg(long)]
    sockets: String,
}

#[get("/select")]
async fn select(pool: Data<Pool>) -> actix_web::Result<HttpResponse> {
    let client = pool.get().await.map_err(error::ErrorServiceUnavailable)?;
    let statement = client.prepare_cached("select available from fund where id = $1").await;
    let statement = statement.map_err(error::ErrorInternalServerError)?;
    let row = client.query_one(&statement, &[&1_i64]).await.map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "available": row.get::<_, i64>(0) })))
}

/// Serves until it is killed; prints its address as one line.
pub fn serve(select_of: &Select) -> anyhow::Result<()> {
    let mut config = Config::new();
    config.host_path(&select_of.sockets).user("postgres").dbname(DATABASE);
    actix_web::rt::System::new().block_on(async {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, NoTls, recycling);
        let pool = Pool::builder(manager).max_size(CONNECTIONS).runtime(Runtime::Tokio1).build()?;
        let pool = Data::new(pool);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        println!("{LISTENS}{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let server = HttpServer::new(move || App::new().app_data(pool.clone()).service(select)).workers(workers);
        Ok(server.listen(listener)?.run().await?)
    })
}

/// The endpoint as a process; killed when dropped.
pub struct Endpoint {
    child: Child,
    pub address: SocketAddr,
}

impl Endpoint {
    pub fn start(sockets: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["select", "--sockets", sockets])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix(LISTENS).context("the bare select did not start")?.parse()?;
        Ok(Self { child, address })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
