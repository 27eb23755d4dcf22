//! The shortest way to see adapters at work: this program defines two, serves them, sends them
//! requests that a real Mixer sent, and prints what they answer and do.

mod adapters;
mod mixer;

use std::error::Error;
use std::process::ExitCode;

use adapter_runtime::{Registry, Server, info_table};
use tokio::sync::oneshot;

use mixer::Mixer;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    // The captured configuration names a file `out.txt`; the user's folder is not the place for it.
    let folder = tempfile::tempdir()?;
    std::env::set_current_dir(&folder)?;
    tokio::runtime::Runtime::new()?.block_on(show())?;
    println!(
        "Next: `cargo run -p mygrpcadapter -- serve 8000` serves an adapter until it is\n\
         stopped. README.md tells how to send it a request."
    );
    Ok(())
}

async fn show() -> Result<(), Box<dyn Error>> {
    let registry = Registry::collect()?;
    println!(
        "Every struct with #[mixer_adapter] in a program is registered. This program has\n\
         two, in examples/quickstart/src/adapters (the table is what `info` prints):\n\n\
         {}\n",
        info_table(&registry).trim_end()
    );

    let server = Server::new(registry).listen("127.0.0.1:0").bind().await?;
    let address = server.addresses()[0];
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    println!(
        "They are served on {address}. These requests are sent there over gRPC,\n\
         byte for byte as the Mixer of Istio 1.3.8 sent them:\n"
    );

    let mut mixer = Mixer::connect(address).await?;
    mixer.report().await?;
    mixer.check().await?;
    mixer.quota().await?;

    println!("The server is told to shut down:");
    let _ = stop.send(());
    server.await?;
    println!();
    Ok(())
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
