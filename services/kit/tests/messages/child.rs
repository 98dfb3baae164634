//! A process of a test's own, to be killed at a chosen point.
//!
//! The child is this same test program, asked for one of the ignored tests below. It says `reached` when
//! it comes to the fail point that its parent named, and stays there until it is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use sqlx::{ConnectOptions as _, PgPool};
use tokio_util::sync::CancellationToken;

use crate::support;

/// A process that dies by kill -9 when it is dropped.
pub struct Doomed(Child);

impl Drop for Doomed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts `which` and returns when it stands at `failpoint`.
pub fn spawn_until(which: &str, failpoint: &str, pool: &PgPool, settings: &[(&str, &str)]) -> Doomed {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([&format!("child::{which}"), "--exact", "--ignored", "--nocapture"])
        .env("CHILD_FAILPOINT", failpoint)
        .env("CHILD_DATABASE_URL", pool.connect_options().to_url_lossy().as_str())
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Doomed(child);
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines {
        let line = line.unwrap();
        if line.contains("reached") {
            return child;
        }
        said.push(line);
    }
    panic!("the child ended before it reached {failpoint}: {said:?}");
}

fn setting(name: &str) -> String {
    std::env::var(name).expect("only run by a parent test")
}

fn stop_at_failpoint() {
    fail::cfg_callback(setting("CHILD_FAILPOINT"), || {
        println!("reached");
        loop {
            std::thread::park();
        }
    })
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a child process of another test"]
async fn relay() {
    stop_at_failpoint();
    let pool = support::pool(&setting("CHILD_DATABASE_URL"));
    let (_stop, task, _health) = support::spawn_leader(&pool, &support::brokers());
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a child process of another test"]
async fn consumer() {
    stop_at_failpoint();
    let pool = support::pool(&setting("CHILD_DATABASE_URL"));
    let (group, topic) = (setting("CHILD_GROUP").leak(), setting("CHILD_TOPIC").leak());
    support::consumer(&pool, &support::brokers(), group, topic).run(CancellationToken::new()).await.unwrap();
}
