//! Set-ups that are broken, each in its way: the first sentence names the cause, and where it is
//! written.

mod cases;
mod guard;

use adapter_mixer::explain::{Cause, Explanation, Verb};
use adapter_mixer::runtime::QuotaRequest;
use adapter_mixer::testing::TestMixer;

use cases::{Case, Where, cases};
use guard::Guard;

async fn explain(case: &Case) -> Explanation {
    let mixer = TestMixer::builder().adapter::<Guard>().allow_problems();
    let mixer = match case.called {
        Where::InProcess => mixer.yaml(&case.resources),
        Where::Elsewhere => mixer.as_written().yaml(&case.resources),
    };
    let mixer = mixer.start().await.expect("a Mixer");
    let verb = match case.verb {
        "check" => Verb::Check,
        "report" => Verb::Report,
        quota => Verb::Quota(QuotaRequest {
            name: quota.to_owned(),
            amount: 1,
            ..QuotaRequest::default()
        }),
    };
    let explanation = mixer.explain(verb, case.request.clone()).await;
    mixer.close().await;
    explanation
}

#[tokio::test]
async fn the_first_sentence_names_the_cause() {
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 25, "{}", cases.len());
    for case in &cases {
        let explanation = explain(case).await;
        let headline = &explanation.headline;
        let text = headline.to_string();
        let said = case.says.iter().all(|it| text.contains(it));
        let line = headline.place.as_ref().map(|it| {
            let line = case.resources.lines().nth(it.line() - 1);
            line.unwrap_or_default().to_owned()
        });
        let there = match (&line, case.line) {
            (Some(line), wanted) => !wanted.is_empty() && line.contains(wanted),
            (None, wanted) => wanted.is_empty(),
        };
        if headline.cause != case.cause || !said || !there {
            wrong.push(format!(
                "{}: expected {:?} with {:?} on the line {:?}\nfound {:?} on the line {line:?}\n{explanation}",
                case.name, case.cause, case.says, case.line, headline.cause
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n\n")
    );
}

#[tokio::test]
async fn all_steps_are_shown_at_any_width_with_colour_only_if_asked() {
    let case = cases().into_iter().find(|it| it.cause == Cause::NotMatched);
    let explanation = explain(&case.expect("a case")).await;
    for width in [80, 200] {
        let plain = explanation.render(false, width);
        assert!(!plain.contains('\x1b'), "{plain}");
        let long = plain.lines().find(|it| it.chars().count() > width);
        assert_eq!(long, None, "at {width}");
        assert!(plain.contains("request.path == \"/shop\""), "{plain}");
        let colored = explanation.render(true, width);
        assert!(colored.contains("\x1b[31m"), "{colored}");
    }
    let json = explanation.to_json();
    assert_eq!(json["headline"]["cause"], "NotMatched");
    assert_eq!(json["headline"]["place"]["file"], "config.yaml");
    assert_eq!(json["dispatches"][1]["rules"][0]["outcome"], "notMatched");
}
