use std::collections::HashSet;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;

use crate::http::Server;
use crate::wait;

/// From the answer that promises a mail to the mail in the inbox.
const DELIVERED_WITHIN: Duration = Duration::from_secs(15);

/// The development inbox, MailHog.
#[derive(Debug, Clone)]
pub struct Inbox {
    mailhog: Server,
}

/// MailHog gives no more at once.
const PAGE: usize = 250;

/// One mail as its reader sees it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What the mail server named it; each copy has its own.
    pub copy: String,
    /// Without its brackets.
    pub message_id: String,
    /// Decoded.
    pub subject: String,
    /// All parts, decoded, one after the other.
    pub text: String,
    /// Those of them that are HTML.
    pub html: String,
    /// Every `To`, `Cc` and `Bcc`.
    pub recipients: Vec<String>,
}

impl Inbox {
    pub fn new(mailhog: Server) -> Self {
        Self { mailhog }
    }

    /// Whether MailHog answers at all.
    pub async fn answers(&self) -> bool {
        let newest = self.mailhog.plain(Method::GET, "/api/v2/messages").query(&[("limit", "1")]).await;
        newest.is_ok_and(|answer| answer.status == 200)
    }

    /// How many mails lie in it.
    ///
    /// # Errors
    /// When MailHog does not answer, or not as expected.
    pub async fn count(&self) -> anyhow::Result<i64> {
        let newest = self.mailhog.plain(Method::GET, "/api/v2/messages").query(&[("limit", "1")]).await?;
        newest.parsed::<Value>(200)["total"].as_i64().context("MailHog's answer holds no total")
    }

    /// All mails to this address, newest first.
    ///
    /// # Errors
    /// When MailHog does not answer, or not as expected.
    pub async fn mails(&self, address: &str) -> anyhow::Result<Vec<Mail>> {
        let search = self.mailhog.plain(Method::GET, "/api/v2/search");
        let answer = search.query(&[("kind", "to"), ("query", address), ("limit", "50")]).await?;
        let found: Value = answer.parsed(200);
        found["items"].as_array().context("MailHog's answer holds no items")?.iter().map(read).collect()
    }

    /// All mails to anybody.
    ///
    /// # Errors
    /// When MailHog does not answer, or not as expected.
    pub async fn all(&self) -> anyhow::Result<Vec<Mail>> {
        let (mut mails, mut seen, mut start) = (Vec::new(), HashSet::new(), 0);
        loop {
            let page = self.mailhog.plain(Method::GET, "/api/v2/messages");
            let page = page.query(&[("start", &start.to_string()), ("limit", &PAGE.to_string())]).await?;
            let page: Value = page.parsed(200);
            let items = page["items"].as_array().context("MailHog's answer holds no items")?;
            if items.is_empty() {
                return Ok(mails);
            }
            start += items.len();
            for item in items {
                let mail = read(item)?;
                // A mail that comes meanwhile moves the others down, so that some are seen twice.
                if seen.insert(mail.copy.clone()) {
                    mails.push(mail);
                }
            }
        }
    }

    /// The newest mail to this address in which `find` finds something; waits for it.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn find<T>(
        &self,
        address: &str,
        what: &str,
        find: impl Fn(&Mail) -> Option<T>,
    ) -> anyhow::Result<T> {
        wait::until(what, DELIVERED_WITHIN, async || Ok(self.mails(address).await?.iter().find_map(&find)))
            .await
    }
}

/// The six digits that stand alone in a mail.
pub fn code(mail: &Mail) -> Option<String> {
    let mut numbers = mail.text.split(|character: char| !character.is_alphanumeric());
    numbers.find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}

fn read(item: &Value) -> anyhow::Result<Mail> {
    let content = &item["Content"];
    let recipients = ["To", "Cc", "Bcc"].iter().flat_map(|name| header(content, name)).collect();
    let (mut text, mut html) = (String::new(), String::new());
    read_part(content, &item["MIME"], &mut text, &mut html)?;
    let copy = item["ID"].as_str().context("MailHog names every mail")?.to_owned();
    let message_id = header(content, "Message-ID").pop().unwrap_or_default();
    let message_id = message_id.trim_matches(['<', '>']).to_owned();
    let subject = words(&header(content, "Subject").pop().unwrap_or_default())?;
    Ok(Mail { copy, message_id, subject, text, html, recipients })
}

/// RFC 2047: `=?utf-8?b?…?=`, and what stands between such words.
fn words(header: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut rest = header;
    while let Some((before, word)) = rest.split_once("=?") {
        // Space between two encoded words is only there to part them.
        if text.is_empty() || !before.trim().is_empty() {
            text.push_str(before);
        }
        let (_, word) = word.split_once('?').context("an encoded word names its character set")?;
        let (encoding, word) = word.split_once('?').context("an encoded word names its encoding")?;
        let (word, after) = word.split_once("?=").context("an encoded word has an end")?;
        match encoding {
            "b" | "B" => text.push_str(&String::from_utf8(STANDARD.decode(word)?)?),
            _ => text.push_str(&quoted_printable(&word.replace('_', " "))?),
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn header(part: &Value, name: &str) -> Vec<String> {
    let values = part["Headers"][name].as_array();
    values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn read_part(part: &Value, mime: &Value, text: &mut String, html: &mut String) -> anyhow::Result<()> {
    if let Some(parts) = mime["Parts"].as_array() {
        return parts.iter().try_for_each(|part| read_part(part, &part["MIME"], text, html));
    }
    let before = text.len();
    let body = part["Body"].as_str().unwrap_or_default();
    let encoding = header(part, "Content-Transfer-Encoding").pop().unwrap_or_default();
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => {
            let compact: String = body.split_whitespace().collect();
            text.push_str(&String::from_utf8(STANDARD.decode(compact)?)?);
        }
        "quoted-printable" => text.push_str(&quoted_printable(body)?),
        _ => text.push_str(body),
    }
    if header(part, "Content-Type").iter().any(|kind| kind.starts_with("text/html")) {
        html.push_str(&text[before..]);
    }
    text.push('\n');
    Ok(())
}

/// RFC 2045, 6.7.
fn quoted_printable(body: &str) -> anyhow::Result<String> {
    let joined = body.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut pieces = joined.split('=');
    bytes.extend_from_slice(pieces.next().unwrap_or_default().as_bytes());
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).context("an = without its two digits")?;
        bytes.push(u8::from_str_radix(digits, 16)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_read_with_its_soft_line_breaks() {
        assert_eq!(quoted_printable("=D0=9A=D0=\r\n=BE=D0=B4: 12=3D=\n3").unwrap(), "Код: 12=3");
    }

    #[test]
    fn a_subject_is_read_word_by_word() {
        let subject = "=?utf-8?b?0JLRiw==?= =?utf-8?q?_=3Cb=3E?= booked";
        assert_eq!(words(subject).unwrap(), "Вы <b> booked");
        assert_eq!(words("plain").unwrap(), "plain");
    }

    #[test]
    fn a_code_is_six_digits_that_stand_alone() {
        let mail = |text: &str| Mail {
            copy: String::new(),
            message_id: String::new(),
            subject: String::new(),
            text: text.to_owned(),
            html: String::new(),
            recipients: vec![],
        };
        assert_eq!(code(&mail("in 2026, 1234567 or a123456: your code is 004217.")).unwrap(), "004217");
        assert_eq!(code(&mail("1234567")), None);
    }
}
