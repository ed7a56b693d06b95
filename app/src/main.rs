//! `oases`: the one binary. It reads its arguments, puts the house together and hands over.

// A reader who goes away must not end the work; `say` sees to it.
#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod say;
mod backup;
mod check;
mod cli;
mod load;
mod pack;
mod rooms;
mod sample;
mod serve;
mod table;

use std::process::ExitCode;

use clap::Parser;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("OASES_LOG").unwrap_or_else(|_| "warn,oases=info".into()),
        )
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    #[cfg(feature = "cluster")]
    runtime.thread_stack_size(universe::cluster::STACK);
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            aside!("oases: no threads to work with: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            aside!("oases: {}", say::once(&error));
            ExitCode::FAILURE
        }
    }
}
