//! The outside of a request to an adapter: everything but the instances.

use super::{DecodeError, Rest, WireType, bytes, message, skip, string};

/// A `google.protobuf.Any` in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AnyRef<'a> {
    pub(crate) type_url: &'a str,
    pub(crate) value: &'a [u8],
}

/// A `Handle<Interface>Request`, of which the configuration and the dedup id are read and the
/// rest is left to the template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    /// Field 2. A field that occurs again is merged, as in every protobuf parser, so the later
    /// configuration overrides the earlier.
    pub(crate) adapter_config: Option<AnyRef<'a>>,
    /// Field 3.
    pub(crate) dedup_id: &'a str,
}

impl<'a> Envelope<'a> {
    /// `instances` is the name of field 1 in errors: how many instances a request has depends on
    /// the template.
    pub(crate) fn read(
        request: &'a [u8],
        instances: &'static str,
    ) -> Result<Envelope<'a>, DecodeError> {
        let mut envelope = Envelope {
            adapter_config: None,
            dedup_id: "",
        };
        message(request, |number, wire, input| match number {
            1 => skip(number, wire, input).map_err(|error| error.in_field(instances)),
            2 => envelope
                .config(wire, input)
                .map_err(|error| error.in_field("adapter_config")),
            3 => {
                let (text, rest) = string(wire, input).map_err(|e| e.in_field("dedup_id"))?;
                envelope.dedup_id = text;
                Ok(rest)
            }
            _ => skip(number, wire, input),
        })?;
        Ok(envelope)
    }

    fn config(&mut self, wire: WireType, input: &'a [u8]) -> Rest<'a> {
        let (body, rest) = bytes(wire, input)?;
        let any = self.adapter_config.get_or_insert(AnyRef {
            type_url: "",
            value: &[],
        });
        message(body, |number, wire, input| match number {
            1 => {
                let (text, rest) = string(wire, input).map_err(|e| e.in_field("type_url"))?;
                any.type_url = text;
                Ok(rest)
            }
            2 => {
                let (value, rest) = bytes(wire, input).map_err(|e| e.in_field("value"))?;
                any.value = value;
                Ok(rest)
            }
            _ => skip(number, wire, input),
        })?;
        Ok(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_configuration_overrides_the_first() {
        let first = b"\x12\x06\x0a\x01a\x12\x01x";
        let second = b"\x12\x06\x0a\x01b\x12\x01y";
        let request = [first.as_slice(), b"\x1a\x02id", second].concat();
        let envelope = Envelope::read(&request, "instance").expect("valid");
        assert_eq!(
            envelope.adapter_config,
            Some(AnyRef {
                type_url: "b",
                value: b"y"
            })
        );
        assert_eq!(envelope.dedup_id, "id");
    }

    #[test]
    fn errors_name_the_field() {
        let error = |request: &[u8]| {
            Envelope::read(request, "instance")
                .expect_err("invalid")
                .to_string()
        };
        assert_eq!(
            error(b"\x18\x01"),
            "dedup_id: expected a length and bytes, got a varint"
        );
        assert_eq!(
            error(b"\x12\x03\x0a\x05a"),
            "adapter_config.type_url: the length is 5 bytes, but only 1 follow"
        );
    }
}
