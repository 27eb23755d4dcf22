//! The command `serve`.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::args::{OwnAddress, ServeArgs, full_address};
use crate::registry::Registry;
use crate::server::settings::{FILE_VARIABLE, LONGEST};
use crate::server::{Server, Settings, SettingsError};
use crate::suggest::unknown;

/// Every address of the machine, IPv4 and IPv6.
const ANY_ADDRESS: &str = "[::]";
/// How much longer than its limits a shutdown may take before the process ends all the same.
const GRACE: Duration = Duration::from_secs(2);

/// Signals within this time count as one.
const ONE_SIGNAL: Duration = Duration::from_secs(1);

/// All that is needed to serve.
pub(super) struct Plan {
    settings: Settings,
    /// The address of the adapters that have none of their own; none if all that is to be served has.
    shared: Option<String>,
    own: Vec<OwnAddress>,
}

impl Plan {
    /// From the arguments, the environment and the file. An error means that these make no sense.
    pub(super) fn of(args: &ServeArgs) -> Result<Plan, String> {
        let settings = settings(args)?;
        let own = settings.listen.iter().map(|text| text.parse());
        let own: Vec<OwnAddress> = own.collect::<Result<_, String>>()?;
        let shared = match (&settings.address, args.port) {
            (None, None) if own.is_empty() => {
                return Err(
                    "on which port? Write `serve 8000`, or `serve --listen NAME=ADDRESS`".into(),
                );
            }
            (None, None) => None,
            (address, port) => {
                let address = address.as_deref().unwrap_or(ANY_ADDRESS);
                Some(full_address(address, port)?)
            }
        };
        Ok(Plan {
            settings,
            shared,
            own,
        })
    }
}

/// A flag comes before a variable, and that before the file.
fn settings(args: &ServeArgs) -> Result<Settings, String> {
    let mut settings = Settings::default();
    let text = |error: SettingsError| error.to_string();
    let variable = std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
    if let Some(file) = args.file.clone().or(variable) {
        let name = file.display().to_string();
        let content = std::fs::read(&file)
            .map_err(|error| format!("the file `{name}` can't be read: {error}"))?;
        settings.read_file(&name, content).map_err(text)?;
    }
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    for unknown in settings.read_env(variables).map_err(text)? {
        eprintln!("warning: the variable {unknown} is no setting; `serve --help` lists them");
    }
    args.settings.apply(&mut settings).map_err(text)?;
    Ok(settings)
}

pub(super) fn run(plan: Plan, registry: Registry) -> Result<(), Box<dyn Error>> {
    // Fails where the program has a subscriber of its own, which then is the one to use.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // It would be reported to the same place, which is gone, and panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    let limit = plan.settings.shutdown_delay + plan.settings.drain_timeout;
    let (server, names) = server(plan, registry)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
        // Before the first connection, so that no signal is missed.
        let shutdown = shutdown(limit)?;
        let server = server.bind().await?;
        for (address, names) in server.listening().zip(names) {
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
fn server(plan: Plan, registry: Registry) -> Result<(Server, Vec<String>), Box<dyn Error>> {
    let Plan {
        settings,
        shared,
        own,
    } = plan;
    let known: Vec<&str> = registry.names().collect();
    if let Some(listen) = own.iter().find(|listen| !known.contains(&&*listen.adapter)) {
        return Err(unknown("adapter", &listen.adapter, &known).into());
    }
    let has_own = |name: &str| own.iter().any(|listen| listen.adapter == name);
    let others: Vec<&str> = registry.names().filter(|name| !has_own(name)).collect();
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
    for listen in &own {
        // Port 0 is another port each time.
        let same = |address: &str| address == listen.address && !address.ends_with(":0");
        match addresses.iter_mut().find(|(address, _)| same(address)) {
            Some((_, adapters)) => adapters.push(&listen.adapter),
            None => addresses.push((listen.address.clone(), vec![&listen.adapter])),
        }
    }
    let mut server = Server::new(registry.clone()).configure(|all| *all = settings);
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

/// Ready at the first SIGTERM or SIGINT; a second one ends the process, and so does a shutdown that takes
/// longer than it may, which only an adapter that blocks every thread can bring about.
///
/// Signals have a thread of their own, for an adapter that blocks its threads must not hold them up.
#[cfg(unix)]
fn shutdown(limit: Duration) -> std::io::Result<impl Future<Output = ()>> {
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
            let begun = Instant::now();
            while timeout_at(begun + ONE_SIGNAL, next()).await.is_ok() {}
            let last = begun + limit.min(LONGEST) + GRACE;
            match timeout_at(last, next()).await {
                Ok(name) => eprintln!("{name} again: the shutdown is cut short"),
                Err(_) => eprintln!("the shutdown does not end within {limit:?} and is cut short"),
            }
            std::process::exit(1);
        });
    });
    Ok(async move {
        let _ = received.await;
    })
}

/// Ready at Ctrl-C.
#[cfg(not(unix))]
fn shutdown(_: Duration) -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
