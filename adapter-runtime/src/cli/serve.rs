//! The command `serve`.

use std::error::Error;
use std::io::IsTerminal;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::args::ServeArgs;
use crate::registry::Registry;
use crate::server::Server;
use crate::suggest::unknown;

/// Signals within this time count as one.
const ONE_SIGNAL: Duration = Duration::from_secs(1);

pub(super) fn run(args: &ServeArgs, registry: Registry) -> Result<(), Box<dyn Error>> {
    // Fails where the program has a subscriber of its own, which then is the one to use.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // It would be reported to the same place, which is gone, and panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    let (server, names) = server(args, registry)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
        // Before the first connection, so that no signal is missed.
        let shutdown = shutdown()?;
        let server = server.bind().await?;
        for (address, names) in server.addresses().iter().zip(names) {
            let only = if names.is_empty() {
                String::new()
            } else {
                format!(" for {names}")
            };
            super::print(&format!("listening on \"{address}\"{only}\n"))?;
        }
        server.run(shutdown).await;
        Ok(())
    });
    // Not waiting for threads that an adapter blocks.
    runtime.shutdown_background();
    served
}

/// The server, and for each of its addresses the adapters' names where not all are served there.
fn server(args: &ServeArgs, registry: Registry) -> Result<(Server, Vec<String>), Box<dyn Error>> {
    let known: Vec<&str> = registry.names().collect();
    if let Some(listen) = args
        .listen
        .iter()
        .find(|listen| !known.contains(&&*listen.adapter))
    {
        return Err(unknown("adapter", &listen.adapter, &known).into());
    }
    let own = |name: &str| args.listen.iter().any(|listen| listen.adapter == name);
    let others: Vec<&str> = registry.names().filter(|name| !own(name)).collect();
    let shared = args.shared_address()?;
    if shared.is_none() && !others.is_empty() {
        eprintln!(
            "warning: not served: {}; give a PORT for them, or --listen NAME=ADDRESS",
            others.join(", ")
        );
    }
    if let (Some(address), true) = (&shared, others.is_empty()) {
        eprintln!(
            "warning: nothing is served on {address}: every adapter has an address of its own"
        );
    }
    // Each address once, with all that is served there; nobody is listened for in vain.
    let mut addresses: Vec<(String, Vec<&str>)> = Vec::new();
    if let Some(address) = shared.filter(|_| !others.is_empty()) {
        addresses.push((address, others));
    }
    for listen in &args.listen {
        // Port 0 is another port each time.
        let same = |address: &str| address == listen.address && !address.ends_with(":0");
        match addresses.iter_mut().find(|(address, _)| same(address)) {
            Some((_, adapters)) => adapters.push(&listen.adapter),
            None => addresses.push((listen.address.clone(), vec![&listen.adapter])),
        }
    }
    let mut server = Server::new(registry.clone());
    if let Some(policy) = args.fail_policy.of_all() {
        server = server.fail_policy(policy);
    }
    let mut names = Vec::new();
    for (address, adapters) in addresses {
        let all = registry.names().all(|name| adapters.contains(&name));
        names.push(if all {
            String::new()
        } else {
            adapters.join(", ")
        });
        server = server.listen_only(address, adapters);
    }
    Ok((server, names))
}

/// Ready at the first SIGTERM or SIGINT; a second one ends the process.
///
/// Signals have a thread of their own, for an adapter that blocks its threads must not hold them up.
#[cfg(unix)]
fn shutdown() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (mut terminate, mut interrupt) = {
        let _entered = runtime.enter();
        (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        )
    };
    let (first, received) = tokio::sync::oneshot::channel();
    let mut next = async move || {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            let name = next().await;
            let _ = first.send(());
            tracing::info!("{name}: shutting down");
            // Some programs signal a process and then its group, which is meant as one signal.
            let same = Instant::now() + ONE_SIGNAL;
            while timeout_at(same, next()).await.is_ok() {}
            next().await;
            std::process::exit(1);
        });
    });
    Ok(async move {
        let _ = received.await;
    })
}

/// Ready at Ctrl-C.
#[cfg(not(unix))]
fn shutdown() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
