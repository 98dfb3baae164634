//! A broker of a test's own, to be killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use tempfile::TempDir;

use crate::support::until;

/// One KRaft node with a data folder that outlives its process.
pub struct Broker {
    folder: TempDir,
    jars: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Broker {
    pub async fn start() -> Self {
        let home = std::env::var("KAFKA_HOME").expect("no broker: run `make test` (KAFKA_HOME is not set)");
        let folder = tempfile::tempdir().unwrap();
        let [port, controller] = free_ports();
        let properties = format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
             listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
             inter.broker.listener.name=PLAINTEXT\nlog.dirs={}/data\nauto.create.topics.enable=false\n\
             offsets.topic.replication.factor=1\noffsets.topic.num.partitions=1\n\
             transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n\
             share.coordinator.state.topic.replication.factor=1\nshare.coordinator.state.topic.min.isr=1\n\
             group.initial.rebalance.delay.ms=0\nlog.cleaner.dedupe.buffer.size=8388608\n",
            folder.path().display()
        );
        std::fs::write(folder.path().join("properties"), properties).unwrap();
        let mut broker = Self { jars: Path::new(&home).join("libs"), folder, port, process: None };
        let id = ["--cluster-id", "kitTestClusterIdAAAAAA", "--config"];
        let formatted =
            broker.java("kafka.tools.StorageTool").arg("format").args(id).arg(broker.properties()).status();
        assert!(formatted.unwrap().success());
        broker.come_back().await;
        broker
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// kill -9
    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        drop(process.stdin.take());
        process.wait().unwrap();
    }

    /// Starts again on the same data as one that its controller fences most of the time, for it does not hear from it in time:
    /// then it says that there is no broker.
    pub async fn come_back_fenced(&mut self) {
        let usual = std::fs::read_to_string(self.properties()).unwrap();
        let hasty = format!("{usual}broker.session.timeout.ms=300\nbroker.heartbeat.interval.ms=2000\n");
        std::fs::write(self.properties(), hasty).unwrap();
        self.come_back().await;
        std::fs::write(self.properties(), usual).unwrap();
    }

    /// Starts again on the same data and waits until it answers.
    pub async fn come_back(&mut self) {
        let java = self.java("kafka.Kafka");
        // The shell kills the broker when our end of its standard input closes: by `kill`, or because this
        // test process is gone, however it ended.
        let script = "exec 3<&0; \"$@\" <&- & broker=$!; cat <&3 >/dev/null; kill -9 $broker; wait $broker 2>/dev/null; exit 0";
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "broker"])
            .arg(java.get_program())
            .args(java.get_args())
            .arg(self.properties());
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(shell.spawn().unwrap());
        let address = self.address();
        until("the broker answers", || {
            let address = address.clone();
            async move {
                let client: BaseConsumer =
                    ClientConfig::new().set("bootstrap.servers", address).create().unwrap();
                let time = std::time::Duration::from_millis(500);
                tokio::task::spawn_blocking(move || {
                    client.fetch_metadata(None, time).is_ok_and(|m| !m.brokers().is_empty())
                })
                .await
                .unwrap()
            }
        })
        .await;
    }

    fn properties(&self) -> PathBuf {
        self.folder.path().join("properties")
    }

    fn java(&self, class: &str) -> Command {
        let mut java = Command::new("java");
        java.args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Xmx256m", "-XX:+UseSerialGC", "-cp"]);
        java.arg(format!("{}/*", self.jars.display())).arg(class);
        java.stdout(Stdio::null());
        java
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    let listeners: [_; N] = std::array::from_fn(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
