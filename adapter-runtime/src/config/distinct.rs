//! Names and numbers of a message that meet when it is compiled: those of its fields and those of
//! its oneofs, of which the derive sees one at a time.

/// A name and a number, 0 where there is none.
pub(super) type Used = (&'static str, u32);

/// Fails to compile if a member of a oneof has the name or the number of another field of the
/// message, of which `before` are the fields and `oneofs` the members of the oneofs before this one.
pub const fn assert_distinct(before: &[Used], oneofs: &[&[Used]], members: &[Used]) {
    let mut index = 0;
    while index < members.len() {
        assert_one_distinct(before, members[index]);
        let mut other = 0;
        while other < oneofs.len() {
            assert_one_distinct(oneofs[other], members[index]);
            other += 1;
        }
        index += 1;
    }
}

const fn assert_one_distinct(used: &[Used], (name, tag): Used) {
    let mut index = 0;
    while index < used.len() {
        let (other, other_tag) = used[index];
        if tag == other_tag {
            let text = Text::new().add("the tag ").add_number(tag).add(" of `");
            let text = text.add(name).add("` in the oneof is also that of `");
            text.add(other).add("`: write another one").panic();
        }
        if same(name, other) {
            let text = Text::new().add("the name `").add(name);
            text.add("` in the oneof is also that of a field: write another one")
                .panic();
        }
        index += 1;
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// A text that is put together when it is compiled, since `format!` can't be.
struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl Text {
    const fn new() -> Text {
        Text {
            bytes: [0; 512],
            len: 0,
        }
    }

    /// Names are ASCII, so what is cut off is never half a character.
    const fn add(mut self, text: &str) -> Text {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    const fn add_number(self, number: u32) -> Text {
        let this = if number >= 10 {
            self.add_number(number / 10)
        } else {
            self
        };
        let digit = [b'0' + (number % 10) as u8];
        match std::str::from_utf8(&digit) {
            Ok(digit) => this.add(digit),
            Err(_) => this,
        }
    }

    const fn panic(&self) -> ! {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("two fields of a message have the same tag"),
        }
    }
}
