//! Protobuf's wire format, read where it is.

/// Groups in groups that are skipped.
const MAX_DEPTH: u32 = 100;

/// Bytes that are no protobuf message, or not of the type that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is malformed: {problem}")]
pub struct Malformed {
    problem: &'static str,
}

const ENDS: Malformed = Malformed {
    problem: "it ends within a field",
};
const TOO_LONG: Malformed = Malformed {
    problem: "a varint has more than ten bytes",
};
const NO_KEY: Malformed = Malformed {
    problem: "a field's number or wire type doesn't exist",
};
const TOO_DEEP: Malformed = Malformed {
    problem: "more than a hundred groups are nested",
};
pub(crate) const WRONG_TYPE: Malformed = Malformed {
    problem: "a field has a wire type that is not its own",
};

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Field<'m> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'m [u8]),
    Fixed32(u32),
}

impl<'m> Field<'m> {
    pub(crate) fn varint(self) -> Result<u64, Malformed> {
        match self {
            Field::Varint(number) => Ok(number),
            _ => Err(WRONG_TYPE),
        }
    }

    /// A number whose sign is in its lowest bit.
    pub(crate) fn sint32(self) -> Result<i32, Malformed> {
        let number = self.varint()? as u32;
        Ok((number >> 1) as i32 ^ -((number & 1) as i32))
    }

    pub(crate) fn double(self) -> Result<f64, Malformed> {
        match self {
            Field::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => Err(WRONG_TYPE),
        }
    }

    pub(crate) fn bytes(self) -> Result<&'m [u8], Malformed> {
        match self {
            Field::Bytes(bytes) => Ok(bytes),
            _ => Err(WRONG_TYPE),
        }
    }
}

/// The fields of a message, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'m> {
    rest: &'m [u8],
}

impl<'m> Fields<'m> {
    pub(crate) fn of(message: &'m [u8]) -> Fields<'m> {
        Fields { rest: message }
    }

    /// The number and value of the next field; `None` after the last. Groups, which Mixer's messages
    /// don't have, are skipped.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Field<'m>)>, Malformed> {
        // The key of a low number, and one of the two wire types that messages are made of.
        match *self.rest {
            [] => Ok(None),
            [key @ 8..0x80, ref rest @ ..] if key & 7 == 0 => {
                self.rest = rest;
                Ok(Some((u32::from(key >> 3), Field::Varint(self.varint()?))))
            }
            [key @ 8..0x80, length @ 0..0x80, ref rest @ ..] if key & 7 == 2 => {
                let split = rest.split_at_checked(usize::from(length));
                let (bytes, rest) = split.ok_or(ENDS)?;
                self.rest = rest;
                Ok(Some((u32::from(key >> 3), Field::Bytes(bytes))))
            }
            _ => self.next_of_any_kind(),
        }
    }

    #[inline(never)]
    fn next_of_any_kind(&mut self) -> Result<Option<(u32, Field<'m>)>, Malformed> {
        let mut groups = 0_u32;
        while !self.rest.is_empty() || groups > 0 {
            let key = self.varint()?;
            let number = u32::try_from(key >> 3).map_err(|_| NO_KEY)?;
            if number == 0 || number >= 1 << 29 {
                return Err(NO_KEY);
            }
            let field = match key & 7 {
                0 => Field::Varint(self.varint()?),
                1 => Field::Fixed64(u64::from_le_bytes(self.array()?)),
                2 => {
                    let length = usize::try_from(self.varint()?).map_err(|_| ENDS)?;
                    let (bytes, rest) = self.rest.split_at_checked(length).ok_or(ENDS)?;
                    self.rest = rest;
                    Field::Bytes(bytes)
                }
                3 if groups == MAX_DEPTH => return Err(TOO_DEEP),
                3 => {
                    groups += 1;
                    continue;
                }
                4 => {
                    groups = groups.checked_sub(1).ok_or(NO_KEY)?;
                    continue;
                }
                5 => Field::Fixed32(u32::from_le_bytes(self.array()?)),
                _ => return Err(NO_KEY),
            };
            if groups == 0 {
                return Ok(Some((number, field)));
            }
        }
        Ok(None)
    }

    #[inline(always)]
    fn varint(&mut self) -> Result<u64, Malformed> {
        match *self.rest {
            [byte @ 0..0x80, ref rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(byte))
            }
            [low, high @ 0..0x80, ref rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(high) << 7 | u64::from(low & 0x7f))
            }
            _ => self.long_varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for (at, byte) in self.rest.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if *byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Ok(number);
            }
        }
        Err(if self.rest.len() < 10 { ENDS } else { TOO_LONG })
    }

    fn array<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], Malformed> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(ENDS)?;
        self.rest = rest;
        Ok(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &[u8]) -> Result<Vec<(u32, Field<'_>)>, Malformed> {
        let mut fields = Fields::of(message);
        let mut all = Vec::new();
        while let Some(field) = fields.next()? {
            all.push(field);
        }
        Ok(all)
    }

    #[test]
    fn every_wire_type_is_read_and_groups_are_skipped() {
        let message = [
            b"\x08\x96\x01".as_slice(),
            b"\x11\0\0\0\0\0\0\xf0\x3f",
            b"\x1b\x08\x01\x1b\x1c\x1c",
            b"\x22\x02ab",
            b"\x2d\x01\0\0\0",
        ]
        .concat();
        let expected = [
            (1, Field::Varint(150)),
            (2, Field::Fixed64(1_f64.to_bits())),
            (4, Field::Bytes(b"ab")),
            (5, Field::Fixed32(1)),
        ];
        assert_eq!(read(&message).as_deref(), Ok(expected.as_slice()));
        assert_eq!(Field::Varint(3).sint32(), Ok(-2));
        assert_eq!(Field::Varint(u64::MAX).sint32(), Ok(i32::MIN));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for (message, error) in [
            (b"\x08".as_slice(), ENDS),
            (b"\x80\x80", ENDS),
            (
                b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                TOO_LONG,
            ),
            (b"\x22\x03ab", ENDS),
            (b"\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", ENDS),
            (b"\x11\0\0", ENDS),
            (b"\x1b", ENDS),
            (b"\x1c", NO_KEY),
            (b"\x00\x01", NO_KEY),
            (b"\x0e", NO_KEY),
            (&[0x1b; 200], TOO_DEEP),
        ] {
            assert_eq!(read(message), Err(error), "{message:x?}");
        }
    }
}
