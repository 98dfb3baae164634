//! SQL. One file per table, but for the ledger: a balance and its entries change together.

/// Where all money is.
pub mod ledger;

/// What companies have earned.
pub mod earnings;

/// What became of the charge of each booking.
pub mod charges;

/// What clients read about their money.
pub mod transactions;
