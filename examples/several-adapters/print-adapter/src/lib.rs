//! An adapter that prints every metric: to see what Mixer sends.

use std::fmt::Write as _;
use std::io::Write as _;

use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

/// What is printed.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Params {
    /// Text before each line.
    #[config(tag = 1)]
    pub prefix: String,
    /// Whether a line also has the metric's dimensions.
    #[config(tag = 2, default = true)]
    pub dimensions: bool,
}

/// Prints every metric to standard output, one line each.
#[mixer_adapter(name = "print-adapter", templates = ["metric"])]
#[derive(Debug)]
pub struct PrintAdapter {
    params: Params,
}

impl Adapter for PrintAdapter {
    type Config = Params;

    async fn build(params: Params, _setup: Setup) -> Result<PrintAdapter, BuildError> {
        Ok(PrintAdapter { params })
    }
}

impl metric::Handler for PrintAdapter {
    async fn handle_metric(
        &self,
        _call: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let lines: String = instances
            .iter()
            .map(|instance| self.params.line(instance))
            .collect();
        // `println!` would panic where nobody reads standard output.
        std::io::stdout().lock().write_all(lines.as_bytes())?;
        Ok(())
    }
}

impl Params {
    /// `<prefix><name> = <value>`, the dimensions sorted by name, and a newline.
    fn line(&self, metric: &metric::Instance) -> String {
        let mut line = format!("{}{} = {}", self.prefix, metric.name, metric.value);
        if self.dimensions {
            for (name, value) in metric.dimensions.sorted() {
                // Writing into a string can't fail.
                let _ = write!(line, " {name}={value}");
            }
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use adapter_runtime::value::Map;

    use super::*;

    #[test]
    fn a_line_has_what_the_configuration_says() {
        let metric = metric::Instance {
            name: "size.instance.default".into(),
            value: 5.into(),
            dimensions: Map::from([("user", "ann"), ("code", "200")]),
            ..Default::default()
        };
        let mut params = Params {
            prefix: "> ".to_owned(),
            dimensions: true,
        };
        assert_eq!(
            params.line(&metric),
            "> size.instance.default = 5 code=200 user=ann\n"
        );
        params.dimensions = false;
        assert_eq!(params.line(&metric), "> size.instance.default = 5\n");
    }
}
