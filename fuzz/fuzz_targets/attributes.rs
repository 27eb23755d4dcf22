//! Any attributes that a client may send are read or refused; those that are read can be sent
//! again and are the same.
#![no_main]

use adapter_mixer::attribute::{
    Attributes, Bag, GlobalDictionary, ReportBags, Tracked, WireBag, compress,
};
use adapter_mixer::proto::mixer::CompressedAttributes;
use adapter_mixer::proto::{ReceivedCheck, ReceivedReport};
use adapter_runtime::value::{Value, ValueType};
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    let global = GlobalDictionary::istio();
    let request = ReceivedReport::decode(bytes);
    if let Ok(mut bags) = request.and_then(|request| ReportBags::decode(&request, global)) {
        while let Some(bag) = bags.next() {
            let _ = bag.map(|bag| bag.get("source.labels").map(|value| value.to_string()));
        }
    }
    let _ = ReceivedCheck::decode(bytes);
    let read = WireBag::decode(bytes, global);
    // What prost takes is taken, and read alike.
    if let Ok(message) = CompressedAttributes::decode(bytes) {
        let read = read.as_ref().expect("prost reads it");
        let encoded = message.encode_to_vec();
        let again = WireBag::decode(&encoded, global).expect("prost wrote it");
        assert_eq!(format!("{read:?}"), format!("{again:?}"));
    }
    let Ok(read) = read else {
        return;
    };
    let mut bag = Bag::new();
    if let Err(errors) = bag.update(bytes, global) {
        let _ = errors.to_string();
    }
    let tracked = Tracked::new(WireBag::decode(bytes, global).expect("as before"));
    for name in read.names() {
        let value = tracked.get(name).expect("a name that can be seen");
        let kept = value.into_value(ValueType::Unspecified);
        let sent = compress([(name, &kept)], global, 100);
        let sent = sent.encode_to_vec();
        let again = WireBag::decode(&sent, global).expect("it was encoded");
        let value = again.get(name).expect("what was sent");
        assert_same(&kept, &value.into_value(ValueType::Unspecified));
    }
    let _ = tracked.references().to_message(global, 100);
});

fn assert_same(sent: &Value, read: &Value) {
    if let (Value::Double(sent), Value::Double(read)) = (sent, read) {
        return assert_eq!(sent.to_bits(), read.to_bits());
    }
    assert_eq!(sent, read);
}
