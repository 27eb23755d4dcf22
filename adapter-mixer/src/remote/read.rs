//! Reading the fields of a message of which only the numbers are known.

use super::answer::UnreadableAnswer;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) value: WireValue<'a>,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum WireValue<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// The fields of a message. Those in groups count as the message's own, as in Mixer.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    /// The groups that are open.
    groups: Vec<u32>,
}

const TRUNCATED: &str = "unexpected EOF";

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Fields<'a> {
        Fields {
            rest: message,
            groups: Vec::new(),
        }
    }

    fn varint(&mut self) -> Result<u64, &'static str> {
        let mut value = 0;
        for (index, &byte) in self.rest.iter().enumerate().take(10) {
            if index == 9 && byte > 1 {
                return Err("variable length integer overflow");
            }
            value |= u64::from(byte & 0x7F) << (7 * index);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(value);
            }
        }
        match self.rest.len() < 10 {
            true => Err(TRUNCATED),
            false => Err("variable length integer overflow"),
        }
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], &'static str> {
        let len = usize::try_from(len).map_err(|_| TRUNCATED)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// The next field, `None` where a group begins or ends.
    fn field(&mut self) -> Result<Option<Field<'a>>, &'static str> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok();
        let number = number.filter(|number| (1..=0x1FFF_FFFF).contains(number));
        let number = number.ok_or("invalid field number")?;
        let value = match key & 7 {
            0 => WireValue::Varint(self.varint()?),
            1 => WireValue::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let len = self.varint()?;
                WireValue::Bytes(self.take(len)?)
            }
            3 if self.groups.len() < 100 => {
                self.groups.push(number);
                return Ok(None);
            }
            3 => return Err("groups are nested too deep"),
            4 if self.groups.pop() == Some(number) => return Ok(None),
            4 => return Err("mismatching end group marker"),
            5 => WireValue::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err("cannot parse reserved wire type"),
        };
        Ok(Some(Field { number, value }))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, UnreadableAnswer>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.is_empty() {
                let open = std::mem::take(&mut self.groups);
                return (!open.is_empty()).then(|| Err(UnreadableAnswer::once(TRUNCATED)));
            }
            match self.field() {
                Ok(Some(field)) => return Some(Ok(field)),
                Ok(None) => {}
                Err(error) => {
                    // Nothing can be read behind it.
                    self.rest = &[];
                    self.groups.clear();
                    return Some(Err(UnreadableAnswer::once(error)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    fn read(bytes: &[u8]) -> Result<Vec<u32>, String> {
        Fields::of(bytes)
            .map(|field| field.map(|field| field.number))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_wire_type_is_read() {
        let bytes = [
            0x08, 0x96, 0x81, 0x00, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1A, 0x82, 0x00, b'h', b'i',
            0x23, 0x28, 0x01, 0x24, 0x35, 1, 2, 3, 4,
        ];
        assert_eq!(read(&bytes), Ok(vec![1, 2, 3, 5, 6]));
    }

    #[test]
    fn garbage_is_an_error_and_an_end() {
        for (bytes, error) in [
            (&[0x0A, 0x05, 1][..], "unexpected EOF"),
            (&[0x08], "unexpected EOF"),
            (&[0x0B], "unexpected EOF"),
            (&[0x0F, 1], "cannot parse reserved wire type"),
            (&[0x0C], "mismatching end group marker"),
            (&[0x00, 1], "invalid field number"),
            (&[0xFF; 12], "variable length integer overflow"),
            (&[0x0B; 200], "groups are nested too deep"),
        ] {
            assert_eq!(read(bytes), Err(error.to_owned()), "{bytes:?}");
        }
    }
}
