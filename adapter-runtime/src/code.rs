//! gRPC's status codes.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)+) => {
        /// A status code of gRPC and of `google.rpc.Status`, with its number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Code {
            $($(#[$doc])* $name = $number,)+
        }

        impl Code {
            /// The name as gRPC writes it, e.g. `PERMISSION_DENIED`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)+ }
            }

            /// The code with this number, `None` if there is none.
            #[must_use]
            pub fn from_number(number: i32) -> Option<Code> {
                match number { $($number => Some(Code::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    /// No error.
    Ok = 0, "OK";
    /// The caller gave up.
    Cancelled = 1, "CANCELLED";
    /// An error that fits no other code.
    Unknown = 2, "UNKNOWN";
    /// The request can't be understood, whatever the state of the system.
    InvalidArgument = 3, "INVALID_ARGUMENT";
    /// There was not enough time.
    DeadlineExceeded = 4, "DEADLINE_EXCEEDED";
    /// Something that was asked for doesn't exist.
    NotFound = 5, "NOT_FOUND";
    /// Something that was to be created exists.
    AlreadyExists = 6, "ALREADY_EXISTS";
    /// The caller is known and may not do this.
    PermissionDenied = 7, "PERMISSION_DENIED";
    /// A quota or a limit is used up.
    ResourceExhausted = 8, "RESOURCE_EXHAUSTED";
    /// The system is not in the state that the request needs.
    FailedPrecondition = 9, "FAILED_PRECONDITION";
    /// A conflict with another request.
    Aborted = 10, "ABORTED";
    /// Beyond the valid range.
    OutOfRange = 11, "OUT_OF_RANGE";
    /// The operation doesn't exist here.
    Unimplemented = 12, "UNIMPLEMENTED";
    /// A defect in the server.
    Internal = 13, "INTERNAL";
    /// Not available now; the same request may succeed later.
    Unavailable = 14, "UNAVAILABLE";
    /// Data was lost.
    DataLoss = 15, "DATA_LOSS";
    /// The caller is not known.
    Unauthenticated = 16, "UNAUTHENTICATED";
}

impl Code {
    /// The HTTP status that Mixer gives a client whose request is denied with this code, unless
    /// the denial has an [`HttpResponse`](crate::HttpResponse) with another.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Code::Ok => 200,
            Code::InvalidArgument | Code::OutOfRange => 400,
            Code::Unauthenticated => 401,
            Code::PermissionDenied => 403,
            Code::NotFound => 404,
            Code::Cancelled => 408,
            Code::AlreadyExists | Code::Aborted => 409,
            Code::FailedPrecondition => 412,
            Code::ResourceExhausted => 429,
            Code::Unknown | Code::Internal | Code::DataLoss => 500,
            Code::Unimplemented => 501,
            Code::Unavailable => 503,
            Code::DeadlineExceeded => 504,
        }
    }

    /// The code for an HTTP status, such as a backend's answer: the reverse of
    /// [`http_status`](Code::http_status).
    ///
    /// Where several codes have the status it is `INVALID_ARGUMENT` for 400, `ABORTED` for 409 and
    /// `UNKNOWN` for 500. A status that no code has is `OK` if it is one of success (2xx),
    /// `UNAVAILABLE` for 502, `CANCELLED` for 499, `FAILED_PRECONDITION` for any other fault of
    /// the client (4xx), and else `UNKNOWN`; that is so for a redirect too, which has to be
    /// followed before it is an answer.
    #[must_use]
    pub const fn from_http_status(status: u16) -> Code {
        match status {
            200..=299 => Code::Ok,
            400 => Code::InvalidArgument,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::NotFound,
            408 | 499 => Code::Cancelled,
            409 => Code::Aborted,
            429 => Code::ResourceExhausted,
            402 | 405..=498 => Code::FailedPrecondition,
            501 => Code::Unimplemented,
            502 | 503 => Code::Unavailable,
            504 => Code::DeadlineExceeded,
            _ => Code::Unknown,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
