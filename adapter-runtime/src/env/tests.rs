//! Scheduled work under a clock that the tests turn.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::*;
use crate::metrics::Metrics;

fn env() -> Env {
    Env::new("adapter", "handler")
}

fn counter() -> Arc<AtomicU32> {
    Arc::default()
}

fn count(counter: &AtomicU32) -> u32 {
    counter.load(Ordering::SeqCst)
}

async fn end(env: &Env) -> usize {
    env.end_tasks(Instant::now() + Duration::from_secs(10))
        .await
}

#[tokio::test(start_paused = true)]
async fn work_is_waited_for() {
    let (env, done) = (env(), counter());
    for _ in 0..100 {
        let done = done.clone();
        env.schedule_work(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            done.fetch_add(1, Ordering::SeqCst);
        });
    }
    assert_eq!(end(&env).await, 0);
    assert_eq!(count(&done), 100);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_is_aborted_and_counted() {
    let env = env();
    env.schedule_work(std::future::pending());
    env.schedule_daemon(|_| std::future::pending());
    env.schedule_daemon(|stop| async move { stop.stopped().await });
    let start = Instant::now();
    assert_eq!(end(&env).await, 2);
    assert_eq!(start.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_after_the_end() {
    let (env, started) = (env(), counter());
    assert_eq!(end(&env).await, 0);
    let work = started.clone();
    env.schedule_work(async move {
        work.fetch_add(1, Ordering::SeqCst);
    });
    let daemon = started.clone();
    env.schedule_daemon(move |_| {
        daemon.fetch_add(1, Ordering::SeqCst);
        std::future::ready(())
    });
    let blocking = started.clone();
    env.schedule_blocking(move |_| {
        blocking.fetch_add(1, Ordering::SeqCst);
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(count(&started), 0);
    assert!(env.stop().is_stopped());
}

/// A daemon that does something each time that it is started.
fn daemon(env: &Env, restart: Restart, act: fn(u32)) -> Arc<AtomicU32> {
    let started = counter();
    let starts = started.clone();
    env.schedule_daemon_with(restart, move |_| {
        let start = starts.fetch_add(1, Ordering::SeqCst);
        async move { act(start) }
    });
    started
}

#[tokio::test(start_paused = true)]
async fn daemons_start_again_as_they_are_told_to() {
    let env = env();
    let panics = |_| panic!("as told");
    let returns = |_| {};
    let never = daemon(&env, Restart::Never, panics);
    let after_panic = daemon(&env, Restart::AfterPanic, panics);
    let done = daemon(&env, Restart::AfterPanic, returns);
    let always = daemon(&env, Restart::Always, returns);
    // At once, then after 1, 2 and 4 seconds.
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(
        (
            count(&never),
            count(&after_panic),
            count(&done),
            count(&always)
        ),
        (1, 4, 1, 4)
    );
    // In the end once a minute.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let starts = count(&after_panic);
    assert!((60..70).contains(&starts), "{starts}");
    // A pause ends with the handler.
    let start = Instant::now();
    assert_eq!(end(&env).await, 0);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_ran_for_long_starts_again_soon() {
    let (env, started) = (env(), counter());
    let starts = started.clone();
    env.schedule_daemon(move |_| {
        starts.fetch_add(1, Ordering::SeqCst);
        async {
            tokio::time::sleep(Duration::from_secs(100)).await;
            panic!("after a while");
        }
    });
    tokio::time::sleep(Duration::from_millis(10 * 101_000 - 2_000)).await;
    assert_eq!(count(&started), 10);
    assert_eq!(end(&env).await, 0);
}

#[tokio::test]
async fn blocking_work_sees_the_signal() {
    let env = env();
    let ended = Arc::new(AtomicBool::new(false));
    let end_of_work = ended.clone();
    env.schedule_blocking(move |stop| {
        while !stop.is_stopped() {
            std::thread::sleep(Duration::from_millis(1));
        }
        end_of_work.store(true, Ordering::SeqCst);
    });
    env.schedule_blocking(|_| panic!("on its thread"));
    assert_eq!(end(&env).await, 0);
    assert!(ended.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn the_signal_ends_what_waits() {
    let env = env();
    let stop = env.stop();
    assert!(stop.sleep(Duration::from_secs(1)).await);
    assert_eq!(stop.unless(async { 5 }).await, Some(5));
    let ending = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        end(&env).await
    };
    let (slept, _) = tokio::join!(stop.sleep(Duration::from_secs(60)), ending);
    assert!(!slept);
    drop(env);
    assert!(stop.is_stopped());
    stop.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn ended_work_takes_no_room() {
    let env = env();
    for _ in 0..10_000 {
        env.schedule_work(std::future::ready(()));
        tokio::task::yield_now().await;
    }
    let running = env.shared.tasks.count();
    assert!(running < 10, "{running}");
}

#[test]
fn a_handlers_own_metrics_live_as_long_as_it() {
    let metrics = Metrics::new();
    let of_adapter = metrics.of("my-adapter");
    let env = |handler: &str| Env::with_metrics("my-adapter", handler, of_adapter.clone());
    let (one, other) = (env("one"), env("other"));
    one.counter("lines", "Lines").expect("a counter").add(3);
    one.counter("lines", "Lines").expect("the same").increment();
    other.counter("lines", "Lines").expect("a counter").add(7);
    one.gauge("queue", "Waiting").expect("a gauge").set(5);
    let took = one
        .histogram("took_seconds", "Time", &[0.1, 1.0])
        .expect("a histogram");
    took.observe_duration(Duration::from_millis(500));
    let text = metrics.encode();
    for line in [
        r#"mixer_adapter_my_adapter__lines_total{handler="one"} 4"#,
        r#"mixer_adapter_my_adapter__lines_total{handler="other"} 7"#,
        r#"mixer_adapter_my_adapter__queue{handler="one"} 5"#,
        r#"mixer_adapter_my_adapter__took_seconds_bucket{le="1.0",handler="one"} 1"#,
        "# HELP mixer_adapter_my_adapter__lines Lines.",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(
        one.gauge("lines", "Lines")
            .expect_err("a counter")
            .to_string(),
        "the metric `lines` is already of another type: write another name"
    );
    for name in ["", "li__nes", "Lines", "1st", "lines_total", "a-b", "_a"] {
        assert!(
            matches!(one.counter(name, ""), Err(MetricError::Name(_))),
            "{name}"
        );
    }
    for bounds in [&[1.0, 1.0][..], &[2.0, 1.0], &[f64::NAN]] {
        assert!(matches!(
            one.histogram("h", "", bounds),
            Err(MetricError::Bounds(_))
        ));
    }
    // The next handler of the configuration, while the first one's work goes on.
    let next = env("one");
    next.counter("lines", "Lines")
        .expect("the same")
        .increment();
    drop(one);
    next.counter("lines", "Lines")
        .expect("the same")
        .increment();
    let line = r#"mixer_adapter_my_adapter__lines_total{handler="one"} 6"#;
    assert!(metrics.encode().contains(line), "{}", metrics.encode());
    drop(next);
    let text = metrics.encode();
    assert!(!text.contains(r#"handler="one""#), "{text}");
    assert!(text.contains(r#"handler="other""#), "{text}");
}

#[tokio::test]
async fn blocking_work_gives_something_or_says_why_not() {
    let env = env();
    let given = env.run_blocking(|| "something".to_owned()).await;
    assert_eq!(given.as_deref(), Ok("something"));
    let panicked = env.run_blocking(|| -> u8 { panic!("no luck") }).await;
    let text = panicked.expect_err("it panicked").to_string();
    assert!(
        text.ends_with("panicked") && text.contains("env/tests.rs:"),
        "{text}"
    );
    // It goes on without who waits for it.
    let (sender, receiver) = std::sync::mpsc::channel();
    drop(env.run_blocking(move || sender.send(5)));
    assert_eq!(receiver.recv(), Ok(5));
    assert_eq!(end(&env).await, 0);
    let closed = env.run_blocking(|| 5).await;
    assert!(
        matches!(closed, Err(BlockingError::Closed(_))),
        "{closed:?}"
    );
}
