//! The request of a template's service, around the instances.

use adapter_runtime::QuotaArgs;
use adapter_runtime::template::Variety;

use super::descriptor::DescriptorError;
use super::instance::EncodedInstance;
use super::schema::Schema;
use super::write;

/// The fields of a request by their numbers.
#[derive(Debug)]
pub(super) struct RequestLayout {
    instance: u32,
    /// Those that follow, in the order of their numbers.
    rest: Vec<(Part, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Config,
    DedupId,
    Quota,
}

impl RequestLayout {
    pub(super) fn new(
        schema: &Schema,
        message: &str,
        variety: Variety,
    ) -> Result<RequestLayout, DescriptorError> {
        let Some(found) = schema.message(message) else {
            let error = format!("cannot resolve message '{message}'");
            return Err(DescriptorError::new(error));
        };
        let number = |name| found.field(name).map(|field| field.number);
        let instance = match variety {
            Variety::Report => "instances",
            _ => "instance",
        };
        let lacks = |field: &str| {
            let error = format!("the message '{}' has no field `{field}`", found.name);
            DescriptorError::new(error)
        };
        let mut rest = Vec::new();
        for (part, name) in [
            (Part::Config, "adapter_config"),
            (Part::DedupId, "dedup_id"),
            (Part::Quota, "quota_request"),
        ] {
            match number(name) {
                Some(number) => rest.push((part, number)),
                None if part == Part::Quota && variety == Variety::Quota => {
                    return Err(lacks(name));
                }
                None => {}
            }
        }
        rest.sort_by_key(|(_, number)| *number);
        Ok(RequestLayout {
            instance: number(instance).ok_or_else(|| lacks(instance))?,
            rest,
        })
    }

    /// A request, with `room` bytes before it.
    pub(super) fn encode(
        &self,
        room: usize,
        instances: &[EncodedInstance],
        config: Option<&[u8]>,
        dedup_id: &str,
        quota: Option<&QuotaArgs>,
    ) -> Vec<u8> {
        let content: usize = instances.iter().map(|it| it.bytes().len() + 8).sum();
        let config_len = config.map_or(0, <[u8]>::len);
        let mut to = Vec::with_capacity(room + content + config_len + dedup_id.len() + 64);
        to.resize(room, 0);
        for instance in instances {
            write::bytes_field(self.instance, instance.bytes(), &mut to);
        }
        for (part, number) in &self.rest {
            match part {
                Part::Config => {
                    if let Some(config) = config {
                        write::bytes_field(*number, config, &mut to);
                    }
                }
                Part::DedupId => write::bytes_field(*number, dedup_id.as_bytes(), &mut to),
                Part::Quota => {
                    if let (Some(args), [instance]) = (quota, instances) {
                        let quota = quota_request(instance.name(), args);
                        write::bytes_field(*number, &quota, &mut to);
                    }
                }
            }
        }
        to
    }
}

/// `QuotaRequest` with one quota, which has the full name of its instance.
fn quota_request(name: &str, args: &QuotaArgs) -> Vec<u8> {
    let mut params = Vec::new();
    if args.amount != 0 {
        write::key(1, 0, &mut params);
        write::varint(args.amount.cast_unsigned(), &mut params);
    }
    if args.best_effort {
        write::key(2, 0, &mut params);
        params.push(1);
    }
    let mut entry = Vec::new();
    write::bytes_field(1, name.as_bytes(), &mut entry);
    write::bytes_field(2, &params, &mut entry);
    let mut request = Vec::new();
    write::bytes_field(1, &entry, &mut request);
    request
}
