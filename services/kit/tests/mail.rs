//! What a mail server does to a mail is that mail's only. The server here is a script, because a real one
//! does not answer late when it is told to.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use kit::config;
use kit::mail::{Error, Mailer};
use lettre::Message;
use uuid::Uuid;

/// The answer to a mail's end.
#[derive(Clone, Copy)]
enum Answer {
    Taken,
    /// To the recipient, before any mail.
    NoSuchPerson,
    /// After a look into it that takes its time.
    TakenSlowly,
    /// When the reader has gone, if at all.
    TooLate,
}

/// Which connection a mail came by, and its subject.
type Arrived = (usize, String);

/// A mail server that answers one mail after the other as it is told, on whatever connections they come.
fn server(answers: Vec<Answer>) -> (Mailer, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (arrived, arrivals) = mpsc::channel();
    thread::spawn(move || {
        let mut answers = answers.into_iter();
        for number in 0.. {
            let Ok((stream, _)) = listener.accept() else { return };
            serve(&stream, number, &mut answers, &arrived);
        }
    });
    let mail_from = "BookSvc <no-reply@booksvc.localhost>".parse().unwrap();
    let mailer = Mailer::new(&config::Mail { smtp_url: format!("smtp://{address}"), mail_from }).unwrap();
    (mailer, arrivals)
}

/// One connection, until the other side ends it.
fn serve(
    stream: &TcpStream,
    number: usize,
    answers: &mut impl Iterator<Item = Answer>,
    arrived: &Sender<Arrived>,
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut writer = stream;
    let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    let mut answer = Answer::Taken;
    say("220 ready");
    while let Some(line) = lines.next() {
        let reply = match line.split([' ', ':']).next().unwrap() {
            "MAIL" => {
                answer = answers.next().unwrap();
                "250 go on"
            }
            "RCPT" if matches!(answer, Answer::NoSuchPerson) => "550 no such person: to@example.com",
            "DATA" => {
                assert!(say("354 go on"));
                let mail: Vec<_> = lines.by_ref().take_while(|line| line != ".").collect();
                let subject = mail.iter().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
                arrived.send((number, subject.to_owned())).unwrap();
                match answer {
                    Answer::Taken | Answer::NoSuchPerson => {}
                    Answer::TakenSlowly => {
                        stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
                        assert_eq!(lines.next(), None);
                        stream.set_read_timeout(None).unwrap();
                    }
                    // The end of the connection is the first that is heard then.
                    Answer::TooLate => assert_eq!(lines.next(), None),
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 go on",
        };
        if !say(reply) {
            return;
        }
    }
}

fn mail(mailer: &Mailer, subject: &str) -> Message {
    let mail = mailer.mail(Uuid::now_v7(), "to@example.com").unwrap().subject(subject).body(String::new());
    mail.unwrap()
}

async fn send(mailer: &Mailer, subject: &str) -> Result<(), Error> {
    mailer.send(mail(mailer, subject)).await
}

#[tokio::test]
async fn mails_share_a_connection() {
    let (mailer, arrivals) = server(vec![Answer::Taken, Answer::Taken]);
    for subject in ["first", "second"] {
        send(&mailer, subject).await.unwrap();
        assert_eq!(arrivals.recv().unwrap(), (0, subject.to_owned()));
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_counts_for_no_other_mail() {
    let (mailer, arrivals) = server(vec![Answer::TooLate, Answer::Taken]);
    let first = mail(&mailer, "first");
    let late = mailer.send_within(Duration::from_secs(1), first).await.unwrap_err();
    assert!(matches!(late, Error::Timeout) && !late.is_permanent() && !late.is_away(), "{late}");
    assert_eq!(arrivals.recv().unwrap(), (0, "first".to_owned()));
    send(&mailer, "second").await.unwrap();
    assert_eq!(arrivals.recv().unwrap(), (1, "second".to_owned()));
}

#[tokio::test]
async fn a_mail_server_that_looks_into_a_mail_for_seconds_has_it() {
    let (mailer, arrivals) = server(vec![Answer::TakenSlowly, Answer::Taken]);
    for subject in ["first", "second"] {
        send(&mailer, subject).await.unwrap();
        assert_eq!(arrivals.recv().unwrap(), (0, subject.to_owned()));
    }
}

#[tokio::test]
async fn a_refused_recipient_is_in_nobodys_way_and_in_no_message() {
    let (mailer, arrivals) = server(vec![Answer::NoSuchPerson, Answer::Taken]);
    let refused = send(&mailer, "first").await.unwrap_err();
    assert!(refused.is_permanent() && !refused.is_away());
    assert_eq!(kit::telemetry::chain(&refused), "hand a mail over: status 550");
    send(&mailer, "second").await.unwrap();
    assert_eq!(arrivals.recv().unwrap().1, "second");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_away() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mail_from = "no-reply@booksvc.localhost".parse().unwrap();
    let mailer = Mailer::new(&config::Mail { smtp_url: format!("smtp://{address}"), mail_from }).unwrap();
    let away = send(&mailer, "first").await.unwrap_err();
    assert!(matches!(away, Error::Unreachable(_)) && away.is_away() && !away.is_permanent(), "{away}");
}
