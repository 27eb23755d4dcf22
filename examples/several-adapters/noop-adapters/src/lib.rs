//! Adapters that do nothing, one for each template: to measure Mixer without an adapter's work,
//! to try out rules, or to start an adapter from.

mod list;
mod metric;
mod quota;

pub use list::NoopList;
pub use metric::NoopMetric;
pub use quota::NoopQuota;
