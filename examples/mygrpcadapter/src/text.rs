//! The text of a call, as the walkthrough's adapter in Go writes it.

use std::fmt::Write as _;

use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

/// The text of a call with these instances, with a newline at its end.
pub(crate) fn of_call(file_path: &str, instances: &[metric::Instance]) -> String {
    let instances: Vec<_> = instances.iter().map(of_instance).collect();
    format!(
        "HandleMetric invoked with:\n  \
           Adapter config: &Params{{FilePath:{file_path},}}\n  \
           Instances: {}\n",
        instances.join("\n")
    )
}

fn of_instance(instance: &metric::Instance) -> String {
    let mut dimensions = String::new();
    for (key, value) in instance.dimensions.sorted() {
        let separator = if dimensions.is_empty() { "" } else { " " };
        // Writing into a string can't fail.
        let _ = write!(dimensions, "{separator}{key}:{}", of_value(value));
    }
    format!(
        "'{}':\n\t\tValue = {}\n\t\tDimensions = map[{dimensions}]",
        instance.name,
        of_value(&instance.value)
    )
}

fn of_value(value: &Value) -> String {
    match value {
        // What Go prints for an absent value.
        Value::Unset => "<nil>".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use adapter_runtime::value::{Duration, Map, TimeStamp};

    use super::*;

    fn instance(name: &str, value: Value) -> metric::Instance {
        metric::Instance {
            name: name.into(),
            value,
            ..Default::default()
        }
    }

    #[test]
    fn a_call_is_written_as_in_the_walkthrough() {
        let mut instance = instance("i1metric.instance.istio-system", 1235.into());
        instance.dimensions = Map::from([("response_code", 200)]);
        let expected = "HandleMetric invoked with:\n  \
            Adapter config: &Params{FilePath:out.txt,}\n  \
            Instances: 'i1metric.instance.istio-system':\n\
            \t\tValue = 1235\n\
            \t\tDimensions = map[response_code:200]\n";
        assert_eq!(of_call("out.txt", &[instance]), expected);
    }

    #[test]
    fn each_instance_begins_on_a_line_and_dimensions_are_sorted() {
        let mut first = instance("a", Duration::new(90, 500_000_000).into());
        first.dimensions = Map::from([("time", Value::from(TimeStamp::new(0, 0)))]);
        first
            .dimensions
            .insert("ip", std::net::IpAddr::from([192, 168, 1, 42]).into());
        first.dimensions.insert("ok", true.into());
        let expected = "HandleMetric invoked with:\n  \
            Adapter config: &Params{FilePath:f,}\n  \
            Instances: 'a':\n\
            \t\tValue = 1m30.5s\n\
            \t\tDimensions = map[ip:192.168.1.42 ok:true time:1970-01-01T00:00:00.000000Z]\n\
            'b':\n\
            \t\tValue = <nil>\n\
            \t\tDimensions = map[]\n";
        assert_eq!(
            of_call("f", &[first, instance("b", Value::Unset)]),
            expected
        );
    }
}
