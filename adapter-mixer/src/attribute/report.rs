//! The bags of a report.

use std::borrow::Cow;
use std::vec;

use super::bag::{Attributes, Bag};
use super::dictionary::GlobalDictionary;
use super::eager::DecodeErrors;
use super::message::Message;
use super::name::Name;
use super::value::ValueRef;
use super::wire_bag::WireBag;
use crate::proto::ReceivedReport;
use crate::proto::mixer::report_request::RepeatedAttributesSemantics;
use crate::wire::Malformed;

/// The bags of a report, one after the other.
///
/// With delta encoding each message changes the bag before it: what it leaves out stays, and
/// nothing can be removed. With independent encoding each stands alone. A message without words
/// of its own uses the report's default words.
#[derive(Debug)]
pub struct ReportBags<'m> {
    messages: vec::IntoIter<Message<'m>>,
    default_words: Vec<Cow<'m, str>>,
    global: &'m GlobalDictionary,
    delta: bool,
    base: Option<WireBag<'m>>,
    changes: Bag<'static>,
}

impl<'m> ReportBags<'m> {
    /// The bags of a request. An encoding that is neither of the two counts as independent.
    ///
    /// # Errors
    /// If the attributes of any are not what they should be.
    pub fn decode(
        request: &ReceivedReport<'m>,
        global: &'m GlobalDictionary,
    ) -> Result<ReportBags<'m>, Malformed> {
        let delta = RepeatedAttributesSemantics::DeltaEncoding as i32;
        let messages = request.attributes.iter().copied().map(Message::decode);
        let messages: Vec<_> = messages.collect::<Result<_, _>>()?;
        Ok(ReportBags {
            delta: request.repeated_attributes_semantics == delta,
            messages: messages.into_iter(),
            default_words: request.default_words.clone(),
            global,
            base: None,
            changes: Bag::new(),
        })
    }

    /// The next bag, `None` after the last.
    ///
    /// # Errors
    ///
    /// If a message that changes an earlier one names a word that nobody knows, or an attribute twice:
    /// such a bag is not to be dispatched. What could be decoded of it is seen by the following ones.
    #[expect(
        clippy::should_implement_trait,
        reason = "each bag borrows from this, which iterators can't do"
    )]
    pub fn next(&mut self) -> Option<Result<ReportBag<'_>, DecodeErrors>> {
        let mut message = self.messages.next()?;
        if message.words.is_empty() {
            message.words.clone_from(&self.default_words);
        }
        if self.delta && self.base.is_some() {
            if let Err(errors) = self.changes.set(&message, self.global) {
                return Some(Err(errors));
            }
        } else {
            self.base = Some(WireBag::new(message, self.global));
        }
        Some(Ok(ReportBag {
            base: self.base.as_ref()?,
            changes: &self.changes,
        }))
    }
}

/// One bag of a report.
#[derive(Clone, Copy, Debug)]
pub struct ReportBag<'a> {
    base: &'a WireBag<'a>,
    changes: &'a Bag<'static>,
}

impl Attributes for ReportBag<'_> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        self.changes.get(name).or_else(|| self.base.get(name))
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        let changed = self.changes.get_named(name);
        changed.or_else(|| self.base.get_named(name))
    }

    fn contains(&self, name: &str) -> bool {
        Attributes::contains(self.changes, name) || Attributes::contains(self.base, name)
    }
}
