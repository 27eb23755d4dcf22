//! Configurations that alternate and never stop coming, as after many changes of an operator's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapter_runtime::Registration;
use tests::client::METRIC;
use tests::served::Served;
use tonic::Code;

use crate::exporter::Exporter;
use crate::scheduled::{count, params, report};

const CONNECTIONS: u32 = 64;
const ROUNDS: u32 = 40;
const MAX_HANDLERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_left_behind_however_many_configurations_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut metrics = None;
    let served = Served::with([Registration::new::<Exporter>()], |server| {
        metrics = Some(server.metrics());
        server.max_handlers(MAX_HANDLERS)
    });
    let served = served.await;
    let metrics = metrics.expect("it was configured");
    let request = |name: &str| Arc::new(report("item", &params(&folder.path().join(name), "")));
    let alternating = [request("a"), request("b")];
    let next = Arc::new(AtomicU32::new(0));
    let mut clients = Vec::new();
    for connection in 0..CONNECTIONS {
        let client = served.client().await;
        let (alternating, next) = (alternating.clone(), next.clone());
        let folder = folder.path().to_owned();
        clients.push(tokio::spawn(async move {
            for round in 0..ROUNDS {
                // One connection brings configurations that nobody has had before.
                let request = if connection == 0 {
                    let next = next.fetch_add(1, Ordering::Relaxed);
                    Arc::new(report(
                        "item",
                        &params(&folder.join(format!("new{next}")), ""),
                    ))
                } else {
                    alternating[(round % 2) as usize].clone()
                };
                client.call(METRIC, &request).await.expect("it is served");
            }
        }));
    }
    let most = MAX_HANDLERS as i64;
    while !clients.iter().all(tokio::task::JoinHandle::is_finished) {
        let live = count(&metrics, "mixer_adapter_handlers");
        assert!(live <= 2 * most, "{live} handlers");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for client in clients {
        client.await.expect("no client fails");
    }
    let new = next.load(Ordering::Relaxed) as usize;
    assert!(new > 2 * MAX_HANDLERS, "{new}");
    served.stop().await;
    for gauge in ["handlers", "handlers_closing", "tasks", "daemons"] {
        assert_eq!(
            count(&metrics, &format!("mixer_adapter_{gauge}")),
            0,
            "{gauge}"
        );
    }
    let built = count(&metrics, "mixer_adapter_handlers_built_total");
    assert_eq!(
        count(&metrics, "mixer_adapter_handlers_closed_total"),
        built
    );
    // Every request was written by the handler that took it, however often that was closed.
    let lines = |name: &str| {
        let text = std::fs::read_to_string(folder.path().join(name)).expect(name);
        text.lines().filter(|line| *line == "item").count()
    };
    let each = ((CONNECTIONS - 1) * ROUNDS / 2) as usize;
    assert_eq!((lines("a"), lines("b")), (each, each));
    for new in 0..new {
        assert_eq!(lines(&format!("new{new}")), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_configurations_take_turns_where_there_is_room_for_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::with([Registration::new::<Exporter>()], |server| {
        server.max_handlers(1)
    });
    let served = served.await;
    let mut clients = Vec::new();
    for connection in 0..8 {
        let client = served.client().await;
        let file = folder
            .path()
            .join(if connection % 2 == 0 { "a" } else { "b" });
        let request = report("item", &params(&file, ""));
        clients.push(tokio::spawn(async move {
            for _ in 0..ROUNDS {
                // It is refused while the other configuration is in use, and never half taken.
                while let Err(refused) = client.call(METRIC, &request).await {
                    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            }
        }));
    }
    for client in clients {
        client.await.expect("no client fails");
    }
    served.stop().await;
    for name in ["a", "b"] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect(name);
        let items = text.lines().filter(|line| *line == "item").count();
        assert_eq!(items, 4 * ROUNDS as usize);
    }
}
