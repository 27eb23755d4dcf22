//! Any attributes that a client may send are read or refused; those that are read can be sent
//! again and are the same.
#![no_main]

use adapter_mixer::attribute::{
    Attributes, Bag, GlobalDictionary, ReportBags, Tracked, WireBag, compress,
};
use adapter_mixer::proto::mixer::{CompressedAttributes, ReportRequest};
use adapter_runtime::value::{Value, ValueType};
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    let global = GlobalDictionary::istio();
    if let Ok(request) = ReportRequest::decode(bytes) {
        let mut bags = ReportBags::new(request, global);
        while let Some(bag) = bags.next() {
            let _ = bag.map(|bag| bag.get("source.labels").map(|value| value.to_string()));
        }
    }
    let Ok(message) = CompressedAttributes::decode(bytes) else {
        return;
    };
    let mut bag = Bag::new();
    if let Err(errors) = bag.update(&message, global) {
        let _ = errors.to_string();
    }
    let tracked = Tracked::new(WireBag::new(message.clone(), global));
    for name in WireBag::new(message, global).names() {
        let value = tracked.get(name).expect("a name that can be seen");
        let kept = value.into_value(ValueType::Unspecified);
        let sent = compress([(name, &kept)], global, 100);
        let again = WireBag::new(sent, global);
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
