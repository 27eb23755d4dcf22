//! Requests as they arrive, whose attributes are read where they are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use prost::Message;

use super::mixer::check_request::QuotaParams;
use crate::wire::{Fields, Malformed, WRONG_TYPE};

/// A [`CheckRequest`](super::mixer::CheckRequest) that arrived. Its attributes are for
/// [`WireBag::decode`](crate::attribute::WireBag::decode).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ReceivedCheck<'m> {
    /// The encoded attributes.
    pub attributes: Cow<'m, [u8]>,
    /// How many words of the global list the caller knows.
    pub global_word_count: u32,
    /// Names the request across retries; empty if it is not named.
    pub deduplication_id: Cow<'m, str>,
    /// The quotas wanted.
    pub quotas: BTreeMap<String, QuotaParams>,
}

/// A [`ReportRequest`](super::mixer::ReportRequest) that arrived, for
/// [`ReportBags::decode`](crate::attribute::ReportBags::decode).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ReceivedReport<'m> {
    /// The encoded attributes, one message for each bag.
    pub attributes: Vec<&'m [u8]>,
    /// The dictionary of the messages that have none.
    pub default_words: Vec<Cow<'m, str>>,
    /// How many words of the global list the caller knows.
    pub global_word_count: u32,
    /// A [`RepeatedAttributesSemantics`](super::mixer::report_request::RepeatedAttributesSemantics).
    pub repeated_attributes_semantics: i32,
}

impl<'m> ReceivedCheck<'m> {
    /// Reads the request, and leaves the attributes as they are.
    ///
    /// # Errors
    /// If the bytes are not of the type.
    pub fn decode(message: &'m [u8]) -> Result<ReceivedCheck<'m>, Malformed> {
        let mut request = ReceivedCheck::default();
        let mut fields = Fields::of(message);
        while let Some((number, field)) = fields.next()? {
            match number {
                // A message in several pieces is these one after the other.
                1 if request.attributes.is_empty() => {
                    request.attributes = Cow::Borrowed(field.bytes()?);
                }
                1 => request.attributes.to_mut().extend(field.bytes()?),
                2 => request.global_word_count = field.varint()? as u32,
                3 => request.deduplication_id = String::from_utf8_lossy(field.bytes()?),
                4 => {
                    let (name, params) = quota(field.bytes()?)?;
                    request.quotas.insert(name, params);
                }
                _ => {}
            }
        }
        Ok(request)
    }
}

/// An entry of the map of quotas.
fn quota(entry: &[u8]) -> Result<(String, QuotaParams), Malformed> {
    let (mut name, mut params) = (String::new(), QuotaParams::default());
    let mut fields = Fields::of(entry);
    while let Some((number, field)) = fields.next()? {
        match number {
            1 => name = String::from_utf8_lossy(field.bytes()?).into_owned(),
            2 => params.merge(field.bytes()?).map_err(|_| WRONG_TYPE)?,
            _ => {}
        }
    }
    Ok((name, params))
}

impl<'m> ReceivedReport<'m> {
    /// Reads the request, and leaves the attributes as they are.
    ///
    /// # Errors
    /// If the bytes are not of the type.
    pub fn decode(message: &'m [u8]) -> Result<ReceivedReport<'m>, Malformed> {
        let mut request = ReceivedReport::default();
        let mut fields = Fields::of(message);
        while let Some((number, field)) = fields.next()? {
            match number {
                1 => request.attributes.push(field.bytes()?),
                2 => {
                    let word = String::from_utf8_lossy(field.bytes()?);
                    request.default_words.push(word);
                }
                3 => request.global_word_count = field.varint()? as u32,
                4 => request.repeated_attributes_semantics = field.varint()? as i32,
                _ => {}
            }
        }
        Ok(request)
    }
}
