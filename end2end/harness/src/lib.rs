//! The whole stack seen from outside: what its tests share.
//!
//! In reading order:

/// Where the parts of the running stack are.
pub mod stack;

/// One HTTP call, and what came back.
pub mod http;

/// A fresh person, and what he holds after registration.
pub mod person;

/// A browser without a screen, at the portal and the account server.
pub mod browser;

/// The development inbox.
pub mod inbox;

/// The account server, as its own clients see it.
pub mod keycloak;

/// Tokens taken apart, and forged.
pub mod token;

/// The gateway's table of routes, and the configuration made of it.
pub mod gateway;

/// Companies with offers, clients with money, and how they come together.
pub mod market;

/// The topics, as somebody sees them who takes no part.
pub mod topics;

/// What must hold of everything that the stack has stored, told and sent.
pub mod audit;

/// Processes of the running stack: killed, stopped, measured.
pub mod process;

/// Random choices that a seed repeats.
pub mod chance;

/// Times of many, in a few numbers.
pub mod figures;

/// Programs that a test starts for itself.
pub mod program;

/// A replica of a service, beside the running one.
pub mod service;

/// Waiting for something to become true.
pub mod wait;
