//! One look at everything: all databases, the topics from their beginnings, the mail inbox.
//!
//! [`record`] reads; the files beside it judge what was read, each a part of it, and know neither database nor
//! network. What is promised by which number stands in `ARCHITECTURE.md`.

use std::fmt;

use crate::stack::Stack;

/// All that was read.
mod record;

/// Waiting until nothing is on its way any more.
mod rest;

/// Every booking is over, and every offer is sold once: G3, G4.
mod bookings;

/// What is stored was told, in order: G1, G6.
mod events;

/// No money was made or lost: G2, G5.
mod money;

/// Everybody was told by mail, once: G7.
mod mails;

/// What a violation may say at most, times so many.
const SHOWN: usize = 5;

/// The auditor's findings.
#[derive(Debug)]
pub struct Report {
    lines: Vec<Line>,
}

/// One claim, how many things it was held against, and those that contradict it.
#[derive(Debug)]
struct Line {
    promise: &'static str,
    claim: &'static str,
    checked: usize,
    violations: Vec<String>,
}

impl Line {
    /// Holds the claim against each of `items`; `flaw` says what is wrong with one.
    fn each<T>(
        promise: &'static str,
        claim: &'static str,
        items: impl IntoIterator<Item = T>,
        flaw: impl Fn(T) -> Option<String>,
    ) -> Self {
        let mut line = Self { promise, claim, checked: 0, violations: Vec::new() };
        for item in items {
            line.checked += 1;
            line.violations.extend(flaw(item));
        }
        line
    }
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.lines.iter().all(|line| line.violations.is_empty())
    }

    /// Prints what was found, and claims that it is nothing.
    ///
    /// # Panics
    /// When it is something.
    #[track_caller]
    pub fn assert_clean(&self) {
        println!("{self}");
        assert!(self.is_clean(), "the audit found violations, see above");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { promise, claim, checked, violations } in &self.lines {
            writeln!(f, "{promise:<3} {claim:<72} {checked:>8} {:>6}", violations.len())?;
            for violation in violations.iter().take(SHOWN) {
                writeln!(f, "      {violation}")?;
            }
            if violations.len() > SHOWN {
                writeln!(f, "      and {} more", violations.len() - SHOWN)?;
            }
        }
        let violations: usize = self.lines.iter().map(|line| line.violations.len()).sum();
        write!(f, "audit: {violations} violations")
    }
}

/// How often everything is read, when the time came for a booking or an offer while it was read.
const READINGS: usize = 5;

/// Waits until nothing is on its way any more, or for too long, and looks at everything.
///
/// # Errors
/// When something cannot be read.
pub async fn audit(stack: &Stack) -> anyhow::Result<Report> {
    let mut readings = 0;
    let (restless, record) = loop {
        let restless = rest::wait(stack).await?;
        let told = rest::told(stack).await?;
        let record = record::read(stack).await?;
        readings += 1;
        if readings == READINGS || !restless.is_empty() || !rest::has_moved(stack, &told).await? {
            break (restless, record);
        }
    };
    let mut lines = vec![rest::line(restless)];
    lines.extend(events::lines(&record));
    lines.extend(money::lines(&record));
    lines.extend(bookings::lines(&record));
    lines.extend(mails::lines(&record));
    Ok(Report { lines })
}

/// Everything that [`record::Record`] holds of a stack, without its stack.
#[cfg(test)]
mod tests;
