//! Instances of out-of-process adapters: a captured report, made into the requests that Istio's own
//! metrics come to.
//!
//! `cargo bench -p tests --bench encode` prints how long the instances of one report take, and what
//! part of that is the evaluation of their expressions.

use std::cell::RefCell;
use std::hint::black_box;

use adapter_mixer::attribute::{GlobalDictionary, ReportBags, Vocabulary};
use adapter_mixer::language::Expression;
use adapter_mixer::proto::ReceivedReport;
use adapter_mixer::remote::RemoteTemplate;
use adapter_runtime::document::{self, Problems};
use adapter_runtime::template::descriptor_set;
use base64::prelude::{BASE64_STANDARD, Engine};
use tests::conformance;
use tests::measure::shortest;
use tests::templates::BUILT_IN;

fn main() {
    let Some(yaml) = conformance::file("captures/config/istio_like.yaml") else {
        return;
    };
    let metric = BUILT_IN.iter().find(|it| it.name == "metric");
    let descriptor = descriptor_set(metric.expect("a template of Istio"));
    let template = RemoteTemplate::parse(&BASE64_STANDARD.encode(descriptor));
    let template = template.expect("a template");
    let vocabulary = Vocabulary::istio();
    let report = conformance::capture("istio_Report").expect("the folder");
    let report = ReceivedReport::decode(&report).expect("a report");
    let mut bags = ReportBags::decode(&report, GlobalDictionary::istio()).expect("attributes");
    let bag = bags.next().expect("a bag").expect("attributes");

    let mut problems = Problems::new();
    let documents = document::parse("istio_like.yaml", &yaml, &mut problems);
    let expressions = RefCell::new(Vec::new());
    let instances: Vec<_> = documents
        .iter()
        .filter(|it| it.nearest("kind").as_str().is_ok_and(|it| it == "instance"))
        .map(|document| {
            let params = document.nearest("spec.params");
            let compiled = template.compile("i.instance.istio-system", Some(params), |text| {
                let expression = Expression::compile(text, &vocabulary)?;
                let ty = expression.value_type();
                expressions
                    .borrow_mut()
                    .push(Expression::compile(text, &vocabulary)?);
                Ok((expression, ty))
            });
            compiled.unwrap_or_else(|problems| panic!("{problems}"))
        })
        .collect();
    let expressions = expressions.into_inner();
    let encode = || {
        for instance in &instances {
            let encoded = instance.encode(|expression| expression.evaluate_ref(black_box(&bag)));
            black_box(encoded.expect("an instance"));
        }
    };
    let evaluate = || {
        for expression in &expressions {
            drop(black_box(expression.evaluate_ref(black_box(&bag))));
        }
    };
    let all = shortest(100, encode);
    let evaluation = shortest(100, evaluate);
    let bytes = instances.iter().map(|instance| {
        let encoded = instance.encode(|expression| expression.evaluate_ref(&bag));
        encoded.expect("an instance").bytes().len()
    });
    println!(
        "{} instances, {} expressions, {} bytes: {all:.2?}, of which evaluation {evaluation:.2?}",
        instances.len(),
        expressions.len(),
        bytes.sum::<usize>(),
    );
}
