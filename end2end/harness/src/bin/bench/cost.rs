use std::time::Duration;

use harness::process::Process;

/// Whose processor time a booking costs; each with all below it.
const PARTS: [&str; 8] =
    ["postgres", "kafka", "gateway", "booking", "payment", "notification", "mailhog", "keycloak"];

/// Processor time, from here on.
pub struct Meter(Vec<(Process, Duration)>);

/// Processor time of a booking, by part.
pub struct Cost(Vec<(String, Duration)>);

impl Meter {
    pub fn start() -> anyhow::Result<Self> {
        let parts = PARTS.map(Process::of_stack).into_iter().chain([Ok(Process::this("these clients"))]);
        let read = |part: anyhow::Result<Process>| {
            let part = part?;
            let cpu = part.cpu()?;
            anyhow::Ok((part, cpu))
        };
        Ok(Self(parts.map(read).collect::<anyhow::Result<_>>()?))
    }

    /// Divides what was used by so many bookings.
    pub fn stop(self, bookings: usize) -> anyhow::Result<Cost> {
        let bookings = u32::try_from(bookings)?.max(1);
        let used = self.0.into_iter().map(|(part, before)| {
            let used = part.cpu()?.saturating_sub(before);
            anyhow::Ok((part.name, used / bookings))
        });
        Ok(Cost(used.collect::<anyhow::Result<_>>()?))
    }
}

impl Cost {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn milliseconds(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|(_, used)| used.as_secs_f64() * 1_000.0)
    }
}
