//! Which instances go to which handlers.

use std::collections::BTreeSet;

use adapter_mixer::runtime::Route;
use serde_json::Value as Json;

use crate::spy::{self, Spy};
use crate::{Case, Outcome, cases, outcome, text};

/// What goes wrong in the cases whose templates do as they are told.
const FAULTS: [(&str, Result<&str, &str>); 4] = [
    ("bad-handler-builder", Ok("ErrorAtBuild acheck")),
    (
        "handler-does-not-support-template",
        Err("it would not compile"),
    ),
    (
        "builder-mapper-error-causes-dependent-rules-to-be-omitted",
        Err("what can't be compiled has no type, and is left out before"),
    ),
    (
        "apa-error-at-output-expressions",
        Err("what can't be compiled has no type, and is left out before"),
    ),
];

pub(crate) fn tables(vectors: &Json) -> Vec<Case> {
    let run = |case: &Json| {
        let name = text(case, "name");
        let mut spy = Spy::default();
        match FAULTS.iter().find(|(known, _)| *known == name) {
            Some((_, Err(why))) => return (name.to_owned(), Outcome::Skipped(why)),
            Some((_, Ok(fault))) => spy.faults.push((*fault).to_owned()),
            None => {}
        }
        spy::script(spy);
        let routes = spy::block_on(async {
            let mixer = spy::mixer(text(case, "config")).await;
            let routes = mixer.routes();
            mixer.shutdown().await;
            routes
        });
        let (expected, found) = (expected(text(case, "expected_table")), found(&routes));
        let result = crate::same("table", expected, found);
        (name.to_owned(), outcome(result))
    };
    cases(vectors, "cases").iter().map(run).collect()
}

/// One instance of a table: variety, namespace, handler, condition, its place, its name.
type Row = (String, String, String, String, usize, String);

/// Mixer writes the rules of the default namespace into the list of each other one.
fn found(routes: &[Route]) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for namespace in routes.iter().map(|route| &route.namespace) {
        for route in routes {
            let own = route.namespace == *namespace;
            let inherited = route.namespace == "istio-system"
                && routes
                    .iter()
                    .any(|it| it.namespace == *namespace && it.variety == route.variety);
            if !own && !inherited {
                continue;
            }
            for (at, instance) in route.instances.iter().enumerate() {
                rows.insert((
                    format!("TEMPLATE_VARIETY_{}", route.variety.as_str().to_uppercase()),
                    namespace.clone(),
                    route.handler.clone(),
                    route.condition.clone().unwrap_or_else(|| "<NONE>".into()),
                    at,
                    instance.clone(),
                ));
            }
        }
    }
    rows
}

/// The instances of a table that is written as text.
fn expected(table: &str) -> BTreeSet<Row> {
    let (mut variety, mut namespace, mut handler, mut condition) = Default::default();
    let mut rows = BTreeSet::new();
    for line in table.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("Condition: ") {
            condition = text.to_owned();
            continue;
        }
        let Some((at, text)) = line.strip_prefix("[#").and_then(|it| it.split_once("] ")) else {
            continue;
        };
        let (name, kind) = text.rsplit_once(' ').expect("a name and what it is");
        match kind {
            "{V}" => variety = name.to_owned(),
            "{NS}" => namespace = name.to_owned(),
            "{H}" => handler = name.to_owned(),
            _ => {
                let at = at.parse().expect("a number");
                let names = (String::clone(&variety), String::clone(&namespace));
                let row = (
                    names.0,
                    names.1,
                    String::clone(&handler),
                    condition.clone(),
                    at,
                    name.to_owned(),
                );
                rows.insert(row);
            }
        }
    }
    rows
}
