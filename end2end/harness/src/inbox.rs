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

/// One mail as its reader sees it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// All parts, decoded, one after the other.
    pub text: String,
    /// Every `To`, `Cc` and `Bcc`.
    pub recipients: Vec<String>,
}

impl Inbox {
    pub fn new(mailhog: Server) -> Self {
        Self { mailhog }
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
    let recipients = ["To", "Cc", "Bcc"].iter().flat_map(|name| header(&item["Content"], name)).collect();
    let mut text = String::new();
    read_part(&item["Content"], &item["MIME"], &mut text)?;
    Ok(Mail { text, recipients })
}

fn header(part: &Value, name: &str) -> Vec<String> {
    let values = part["Headers"][name].as_array();
    values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn read_part(part: &Value, mime: &Value, text: &mut String) -> anyhow::Result<()> {
    if let Some(parts) = mime["Parts"].as_array() {
        return parts.iter().try_for_each(|part| read_part(part, &part["MIME"], text));
    }
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
    fn a_code_is_six_digits_that_stand_alone() {
        let mail = |text: &str| Mail { text: text.to_owned(), recipients: vec![] };
        assert_eq!(code(&mail("in 2026, 1234567 or a123456: your code is 004217.")).unwrap(), "004217");
        assert_eq!(code(&mail("1234567")), None);
    }
}
