//! Out-of-process adapters: what is sent to them, byte by byte, and how they are called.

mod calls;
mod captures;
mod descriptors;
mod rebuild;
mod served;
mod trust;
