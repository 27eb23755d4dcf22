//! The built-in templates.

/// The names of the runtime's modules under `template`, sorted. Only for finding out what an
/// author meant: nothing else in the macro depends on which templates exist.
pub(crate) const BUILT_IN: [&str; 11] = [
    "apikey",
    "authorization",
    "checknothing",
    "edge",
    "kubernetes",
    "listentry",
    "logentry",
    "metric",
    "quota",
    "reportnothing",
    "tracespan",
];
