//! Where something stands in the `params` of an instance.

use std::fmt;

/// The way from an instance to one of its expressions. Displayed as Mixer's errors have it:
/// `Res1.Dimensions[source]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A field, by its name in the `.proto` file.
    Field(&'static str),
    /// The key of a map.
    Key(String),
}

impl FieldPath {
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.steps.pop();
    }

    /// Puts a step before the others.
    pub(super) fn within(&mut self, step: Step) {
        self.steps.insert(0, step);
    }

    /// The paths of the messages around, the outermost first.
    pub(super) fn messages(&self) -> impl Iterator<Item = FieldPath> {
        let of_field = |at: &usize| *at > 0 && matches!(self.steps[*at], Step::Field(_));
        let ends = (0..self.steps.len()).filter(of_field);
        ends.map(|end| FieldPath {
            steps: self.steps[..end].to_vec(),
        })
    }

    /// The path with the names that operators write: `res1.dimensions[source]`.
    #[must_use]
    pub fn written(&self) -> String {
        self.join(|name| name.to_owned())
    }

    fn join(&self, name_of: impl Fn(&str) -> String) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&name_of(name));
                }
                Step::Key(key) => {
                    path.push('[');
                    path.push_str(key);
                    path.push(']');
                }
            }
        }
        path
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.join(go_name))
    }
}

/// The name of a field in Mixer's errors, which is that of the Go struct: the first letter and those
/// after an underscore or a digit are capitals, and an underscore is left out before a small letter.
fn go_name(name: &str) -> String {
    let mut go = String::with_capacity(name.len());
    let mut upper = true;
    let mut rest = name.chars().peekable();
    if name.starts_with('_') {
        rest.next();
        go.push('X');
    }
    while let Some(c) = rest.next() {
        let before_small = rest.peek().is_some_and(char::is_ascii_lowercase);
        if c == '_' && before_small {
            upper = true;
            continue;
        }
        go.push(if upper { c.to_ascii_uppercase() } else { c });
        upper = !c.is_ascii_lowercase() && !c.is_ascii_uppercase();
    }
    go
}

#[cfg(test)]
mod tests {
    use super::{FieldPath, Step, go_name};

    #[test]
    fn names_are_those_of_go() {
        for (name, go) in [
            ("monitored_resource_type", "MonitoredResourceType"),
            ("source_ip", "SourceIp"),
            ("httpStatusCode", "HttpStatusCode"),
            ("int64Primitive", "Int64Primitive"),
            ("res2_map", "Res2Map"),
            (
                "dimensionsFixedInt64ValueDType",
                "DimensionsFixedInt64ValueDType",
            ),
            ("optionalIP", "OptionalIP"),
            ("http2xx", "Http2Xx"),
            ("level_2", "Level_2"),
            ("_hidden", "XHidden"),
            ("Res2", "Res2"),
        ] {
            assert_eq!(go_name(name), go);
        }
    }

    #[test]
    fn paths_are_displayed_as_mixer_writes_them() {
        let mut path = FieldPath::default();
        for step in [
            Step::Field("res1"),
            Step::Field("res2_map"),
            Step::Key("a.b".into()),
            Step::Field("ip_addr"),
        ] {
            path.push(step);
        }
        assert_eq!(path.to_string(), "Res1.Res2Map[a.b].IpAddr");
        assert_eq!(path.written(), "res1.res2_map[a.b].ip_addr");
        let messages: Vec<_> = path.messages().map(|path| path.to_string()).collect();
        assert_eq!(messages, ["Res1", "Res1.Res2Map[a.b]"]);
    }
}
