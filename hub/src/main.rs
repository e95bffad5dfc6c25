//! `jobhub`: see `jobhub --help`.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = hub::cli::Cli::parse();
    hub::cli::start_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return hub::cli::failed(&anyhow::Error::new(error).context("cannot start the runtime")),
    };
    match runtime.block_on(hub::cli::run(cli)) {
        Ok(code) => code.into(),
        Err(error) => hub::cli::failed(&error),
    }
}
