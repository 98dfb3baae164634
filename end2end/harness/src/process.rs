use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::stack::variable_of_the_stack;

/// A process that the supervisor of this very stack runs, and never one of another stack.
#[derive(Debug, Clone)]
pub struct Process {
    pub name: String,
    pid: u32,
}

/// A process that does nothing, and goes on when this is dropped.
#[derive(Debug)]
pub struct Stopped(Process);

/// What the system tells of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    parent: u32,
    /// Of itself and of the children that it has waited for, in ticks.
    cpu_ticks: u64,
    /// In ticks since the machine's start.
    started: u64,
}

impl Process {
    /// The one that the supervisor knows under `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_stack(name: &str) -> anyhow::Result<Self> {
        let stack = format!("BOOKSVC_STACK_PROCESS={}", variable_of_the_stack("STACK_DIR")?);
        let process = format!("PC_PROC_NAME={name}");
        let all = every_process()?;
        let ours: HashMap<u32, Facts> =
            all.into_iter().filter(|(pid, _)| is_marked(*pid, &[&stack, &process])).collect();
        // Its children carry the same marks.
        let first = ours.iter().filter(|(_, facts)| !ours.contains_key(&facts.parent));
        let first = first.min_by_key(|(_, facts)| facts.started);
        let (pid, _) = first.with_context(|| format!("the stack runs no {name}"))?;
        Ok(Self { name: name.to_owned(), pid: *pid })
    }

    /// The one that asks.
    pub fn this(name: &str) -> Self {
        Self { name: name.to_owned(), pid: std::process::id() }
    }

    /// Ends it as a crash does: nothing of it runs on.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(self) -> anyhow::Result<()> {
        self.signal("KILL")
    }

    /// Stops it where it is; connections to it stay, and nobody answers.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn stop(self) -> anyhow::Result<Stopped> {
        self.signal("STOP")?;
        Ok(Stopped(self))
    }

    /// The processor time that it and all below it have used.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let all = every_process()?;
        ensure!(all.contains_key(&self.pid), "{} has ended", self.name);
        let below = |pid: u32| {
            std::iter::successors(Some(pid), |pid| all.get(pid).map(|facts| facts.parent))
                .any(|ancestor| ancestor == self.pid)
        };
        let ticks: u64 = all.iter().filter(|(pid, _)| below(**pid)).map(|(_, facts)| facts.cpu_ticks).sum();
        Ok(Duration::from_millis(ticks * 1_000 / ticks_per_second()?))
    }

    /// What it has in memory, in bytes, without those below it.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))
            .with_context(|| format!("{} has ended", self.name))?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = kilobytes.and_then(|rest| rest.split_whitespace().next());
        let kilobytes: u64 = kilobytes.context("read the memory of a process")?.parse()?;
        Ok(kilobytes * 1_024)
    }

    /// How long it has been running.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn age(&self) -> anyhow::Result<Duration> {
        let facts = facts_of(self.pid).with_context(|| format!("{} has ended", self.name))?;
        let uptime = std::fs::read_to_string("/proc/uptime").context("read the machine's uptime")?;
        let uptime: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
        let started = Duration::from_millis(facts.started * 1_000 / ticks_per_second()?);
        Ok(Duration::from_secs_f64(uptime).saturating_sub(started))
    }

    fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let status = Command::new("kill").args([&format!("-{signal}"), &self.pid.to_string()]).status()?;
        ensure!(status.success(), "kill -{signal} {} ({}): {status}", self.pid, self.name);
        Ok(())
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        if let Err(error) = self.0.signal("CONT") {
            eprintln!("{} stays stopped: {error:#}", self.0.name);
        }
    }
}

fn every_process() -> anyhow::Result<HashMap<u32, Facts>> {
    let mut all = HashMap::new();
    for entry in std::fs::read_dir("/proc").context("list the processes")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // It may have ended meanwhile.
        if let Some(facts) = facts_of(pid) {
            all.insert(pid, facts);
        }
    }
    Ok(all)
}

fn facts_of(pid: u32) -> Option<Facts> {
    read(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn read(stat: &str) -> Option<Facts> {
    // The second field is the program's name, which may hold anything, in parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
    Some(Facts {
        parent: fields.get(1)?.parse().ok()?,
        cpu_ticks: (14..=17).map(number).sum::<Option<u64>>()?,
        started: number(22)?,
    })
}

fn is_marked(pid: u32, marks: &[&str]) -> bool {
    let Ok(environment) = std::fs::read(Path::new("/proc").join(pid.to_string()).join("environ")) else {
        return false;
    };
    marks.iter().all(|mark| environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()))
}

fn ticks_per_second() -> anyhow::Result<u64> {
    let output = Command::new("getconf").arg("CLK_TCK").output().context("run getconf")?;
    String::from_utf8(output.stdout)?.trim().parse().context("read getconf's answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_strange_name_is_read_like_any_other() {
        let stat = "42 (a) b) S 7 42 42 0 -1 4194560 1 0 0 0 10 20 3 4 20 0 5 0 12345 1000 200";
        assert_eq!(read(stat), Some(Facts { parent: 7, cpu_ticks: 37, started: 12_345 }));
        assert_eq!(read("42 (gone"), None);
    }

    #[test]
    fn a_test_is_in_memory() {
        assert!(Process::this("this test").memory().unwrap() > 1 << 20);
    }

    #[test]
    fn a_test_knows_its_own_parent() {
        let own = facts_of(std::process::id()).unwrap();
        assert!(facts_of(own.parent).unwrap().started <= own.started);
    }
}
