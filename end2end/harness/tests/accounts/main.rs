//! Every account call, through the gateway.

mod change;
mod email;
mod login;
mod phone;
mod profile;
mod propagation;
mod recovery;
mod registration;
mod session;

/// Every call of these two is the same: which form a person registered with decides nothing.
const PREFIXES: [&str; 2] = ["/customer", "/company"];
