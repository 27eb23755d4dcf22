//! Bags of attributes.

use std::fmt;

use adapter_runtime::value::{Str, Value};

use super::name::{ByName, Name};
use super::value::ValueRef;

/// Anything that holds values of attributes.
///
/// Names are whole: `request.headers` is one attribute, not a part of `request`. A bag may hold
/// names that no vocabulary declares, and values of other types than declared; expressions can't
/// reach the first and refuse the second.
pub trait Attributes: Send + Sync {
    /// The value of an attribute, `None` where it is absent. An empty or zero value is present.
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>>;

    /// The same for a name that was prepared, as those in expressions are. It needs to be
    /// implemented only where that saves work, or for the sake of a bag beneath this one.
    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        self.get(name.as_str())
    }

    /// Whether there is an attribute, for whoever doesn't read it. It needs to be implemented only
    /// where reading is noted, or for the sake of a bag beneath this one.
    fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<A: Attributes + ?Sized> Attributes for &A {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        (**self).get(name)
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        (**self).get_named(name)
    }

    fn contains(&self, name: &str) -> bool {
        (**self).contains(name)
    }
}

/// A bag that a program fills, possibly on top of another one, whose values it hides.
///
/// ```
/// use adapter_mixer::attribute::{Attributes, Bag};
///
/// let request = Bag::from([("source.name", "client"), ("request.path", "/a")]);
/// let mut generated = Bag::over(&request);
/// generated.insert("source.name", "client-v1");
/// assert_eq!(generated.get("source.name").unwrap().as_str(), Some("client-v1"));
/// assert_eq!(generated.get("request.path").unwrap().as_str(), Some("/a"));
/// ```
#[derive(Clone, Default)]
pub struct Bag<'p> {
    values: ByName<Value>,
    parent: Option<&'p dyn Attributes>,
}

impl<'p> Bag<'p> {
    /// An empty bag.
    #[must_use]
    pub fn new() -> Bag<'p> {
        Bag::default()
    }

    /// An empty bag through which another one's attributes are seen.
    #[must_use]
    pub fn over(parent: &'p dyn Attributes) -> Bag<'p> {
        Bag {
            values: ByName::new(),
            parent: Some(parent),
        }
    }

    /// The same bag, with another one's attributes seen through it instead of its parent's.
    #[must_use]
    pub fn on<'q>(self, parent: &'q dyn Attributes) -> Bag<'q> {
        Bag {
            values: self.values,
            parent: Some(parent),
        }
    }

    /// Sets an attribute. [`Value::Unset`] removes it from this bag, so that the parent's value,
    /// if there is one, is seen again.
    pub fn insert(&mut self, name: impl Into<Str>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        if value.is_unset() {
            self.values.remove(&name);
        } else {
            self.values.insert(name, value);
        }
    }

    /// Copies the values that another bag holds itself, except those whose names can already be
    /// seen here, in this bag or below it: what a client sent is never replaced.
    pub fn merge(&mut self, other: &Bag<'_>) {
        for (name, value) in other.values.iter() {
            if !self.contains(name) {
                self.values.insert(name.clone(), value.clone());
            }
        }
    }

    /// The values that this bag holds itself, in no particular order.
    pub fn own(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Removes the values that this bag holds itself.
    pub fn clear(&mut self) {
        self.values.clear();
    }
}

impl Attributes for Bag<'_> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        match self.values.get(name) {
            Some(value) => ValueRef::of(value),
            None => self.parent?.get(name),
        }
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        match self.values.get_named(name) {
            Some(value) => ValueRef::of(value),
            None => self.parent?.get_named(name),
        }
    }

    fn contains(&self, name: &str) -> bool {
        let below = |parent: &dyn Attributes| parent.contains(name);
        self.values.get(name).is_some() || self.parent.is_some_and(below)
    }
}

impl fmt::Debug for Bag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut own: Vec<_> = self.own().collect();
        own.sort_unstable_by_key(|(name, _)| *name);
        f.debug_map().entries(own).finish()
    }
}

impl<N: Into<Str>, V: Into<Value>> FromIterator<(N, V)> for Bag<'_> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let mut bag = Bag::new();
        for (name, value) in values {
            bag.insert(name, value);
        }
        bag
    }
}

impl<N: Into<Str>, V: Into<Value>, const SIZE: usize> From<[(N, V); SIZE]> for Bag<'_> {
    fn from(values: [(N, V); SIZE]) -> Self {
        values.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_what_can_be_seen() {
        let request = Bag::from([("a", "client")]);
        let mut generated = Bag::over(&request);
        generated.insert("b", "first");
        generated.merge(&Bag::from([("a", "x"), ("b", "y"), ("c", "z")]));
        let seen = |name| generated.get(name).map(|value| value.to_string());
        assert_eq!(seen("a").as_deref(), Some("client"));
        assert_eq!(seen("b").as_deref(), Some("first"));
        assert_eq!(seen("c").as_deref(), Some("z"));
        assert_eq!(generated.own().count(), 2);
    }

    #[test]
    fn an_unset_value_uncovers_the_parents() {
        let request = Bag::from([("a", "client")]);
        let mut child = Bag::over(&request);
        child.insert("a", "child");
        child.insert("a", Value::Unset);
        assert_eq!(child.get("a").expect("present").as_str(), Some("client"));
    }
}
