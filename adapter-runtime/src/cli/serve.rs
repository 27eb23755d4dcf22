//! The command `serve`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::args::{OwnAddress, ServeArgs};
use super::logging::Logging;
use crate::log::Levels;
use crate::metrics::Metrics;
use crate::registry::Registry;
use crate::server::address::full_address;
use crate::server::settings::{FILE_VARIABLE, LONGEST, OPS_PORT};
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
    args: Arc<ServeArgs>,
    settings: Settings,
    /// Whether nobody has asked for the port for operators.
    ops_by_default: bool,
    /// The address of the adapters that have none of their own; none if all that is to be served has.
    shared: Option<String>,
    own: Vec<OwnAddress>,
}

impl Plan {
    /// From the arguments, the environment and the file. An error means that these make no sense.
    pub(super) fn of(args: ServeArgs) -> Result<Plan, String> {
        let mut settings = settings(&args)?;
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
        let ops_by_default = settings.ops_address.as_deref() == Some(OPS_PORT);
        if ops_by_default {
            let address = shared
                .as_deref()
                .or(own.first().map(|own| own.address.as_str()));
            settings.ops_address = Some(ops_beside(address.unwrap_or(ANY_ADDRESS)));
        }
        Ok(Plan {
            args: Arc::new(args),
            settings,
            ops_by_default,
            shared,
            own,
        })
    }
}

/// The port for operators, where the adapters are served.
fn ops_beside(address: &str) -> String {
    match address.rsplit_once(':') {
        Some((host, _)) if !address.starts_with("unix:") => format!("{host}:{OPS_PORT}"),
        _ => format!("127.0.0.1:{OPS_PORT}"),
    }
}

/// The file of settings, if there is one.
fn file(args: &ServeArgs) -> Option<PathBuf> {
    let variable = || std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
    args.file.clone().or_else(variable)
}

/// A flag comes before a variable, and that before the file.
fn settings(args: &ServeArgs) -> Result<Settings, String> {
    let mut settings = Settings::of_serve();
    let text = |error: SettingsError| error.to_string();
    if let Some(file) = file(args) {
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
    let settings = plan.settings.clone();
    let (args, soft) = (plan.args.clone(), plan.ops_by_default);
    let (mut server, names) = server(plan, registry)?;
    let metrics = server.metrics();
    let log = Arc::new(Logging::start(&settings, &metrics)?);
    if let Some(levels) = &log.levels {
        server = server.levels(levels.clone());
    }
    if soft {
        server = server.ops_optional();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
        // Before the first connection, so that no signal is missed.
        let limit = settings.shutdown_delay + settings.drain_timeout;
        let shutdown = shutdown(limit, log.clone())?;
        let server = server.bind().await?;
        for (address, names) in server.listening().zip(names) {
            let only = if names.is_empty() {
                String::new()
            } else {
                format!(" for {names}")
            };
            super::print(&format!("listening on \"{address}\"{only}\n"))?;
        }
        if let Some(address) = server.ops_address() {
            tracing::info!("metrics and health are on http://{address}");
        }
        tokio::select! {
            () = server.run(shutdown) => {}
            () = follow_levels(args, settings, log.levels.clone(), &metrics) => {}
        }
        Ok(())
    });
    // Not waiting for threads that an adapter blocks.
    runtime.shutdown_background();
    log.end();
    served
}

/// Follows changes of what is to be logged, for ever. The other settings are those of the start.
async fn follow_levels(
    args: Arc<ServeArgs>,
    first: Settings,
    levels: Option<Arc<Levels>>,
    metrics: &Metrics,
) {
    let (Some(levels), Some(file)) = (levels, file(&args)) else {
        return std::future::pending().await;
    };
    let mut seen = std::fs::read(&file).ok();
    let mut known = first.log_level;
    loop {
        tokio::time::sleep(first.reload_interval.max(Duration::from_millis(10))).await;
        let content = std::fs::read(&file).ok();
        if content.is_none() || content == seen {
            continue;
        }
        seen = content;
        let new = settings(&args);
        metrics.server().reloaded("settings", new.is_ok());
        match new {
            Ok(new) => {
                if new.log_level != known {
                    known = new.log_level.clone();
                    levels.set(new.log_level);
                }
                tracing::info!(
                    "the file of settings has changed: `log-level` is followed, the others at the next start"
                );
            }
            Err(problem) => {
                tracing::error!("the file of settings has changed for the worse: {problem}")
            }
        }
    }
}

/// The server, and for each of its addresses the adapters' names where not all are served there.
fn server(plan: Plan, registry: Registry) -> Result<(Server, Vec<String>), Box<dyn Error>> {
    let Plan {
        settings,
        shared,
        own,
        ..
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
fn shutdown(limit: Duration, log: Arc<Logging>) -> std::io::Result<impl Future<Output = ()>> {
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
                Ok(name) => log.last_words(format!("{name} again: the shutdown is cut short")),
                Err(_) => log.last_words(format!(
                    "the shutdown does not end within {limit:?}, see `drain-timeout`, and is cut short"
                )),
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
fn shutdown(_: Duration, _: Arc<Logging>) -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
