//! Stories of the contract that no other test tells: a company's team, its week, its looks, and visits that are over.

mod logo;
mod settlement;
mod team;
mod week;
