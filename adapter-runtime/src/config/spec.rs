//! What the derive says of a field.

use std::marker::PhantomData;

use super::{Constraint, Encoding};

/// What the derive says of a field: a row of the table without the way to the value.
#[derive(Debug)]
pub struct Spec<T> {
    pub(super) name: &'static str,
    pub(super) tag: u32,
    pub(super) documentation: &'static str,
    pub(super) encoding: Encoding,
    pub(super) has_default: bool,
    pub(super) rules: Vec<Constraint>,
    field: PhantomData<fn() -> T>,
}

impl<T> Spec<T> {
    pub(super) fn new(name: &'static str, tag: u32, documentation: &'static str) -> Spec<T> {
        Spec {
            name,
            tag,
            documentation,
            encoding: Encoding::Plain,
            has_default: false,
            rules: Vec::new(),
            field: PhantomData,
        }
    }

    /// One more rule.
    #[must_use]
    pub fn rule(mut self, rule: Constraint) -> Spec<T> {
        self.rules.push(rule);
        self
    }

    /// The author declared a default.
    #[must_use]
    pub fn with_default(mut self) -> Spec<T> {
        self.has_default = true;
        self
    }

    /// Signed numbers as `sint32` and `sint64`.
    #[must_use]
    pub fn zigzag(mut self) -> Spec<T> {
        self.encoding = Encoding::Zigzag;
        self
    }

    /// Numbers as `fixed32`, `fixed64`, `sfixed32` and `sfixed64`.
    #[must_use]
    pub fn fixed(mut self) -> Spec<T> {
        self.encoding = Encoding::Fixed;
        self
    }
}
