//! What a server keeps up in production: its limits, its security, its operations and its end.

mod drain;
mod gate;
mod hostile;
mod limits;
mod operations;
mod secrets;
mod tls;
mod tokens;
mod unix;
mod verdicts;
