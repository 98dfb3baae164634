use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use contracts::http::customer::Registration;
use reqwest::header::SET_COOKIE;
use reqwest::{Method, Url};

use crate::http::{Answer, Server};
use crate::stack::Stack;

/// How often one redirect may follow another.
const REDIRECTS: usize = 10;

/// A browser without a screen. It keeps cookies as browsers do on one host, whatever the port, and goes where it is sent
/// only when it is told to.
#[derive(Debug, Clone)]
pub struct Browser {
    anywhere: Server,
    portal: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(stack: &Stack) -> Self {
        let portal = stack.portal.url.clone();
        Self { anywhere: stack.portal.at(""), portal, cookies: BTreeMap::new() }
    }

    /// What the cookie says, if it is there.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// `address` is whole, or a path of the portal.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn get(&mut self, address: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, address, None).await
    }

    /// Sends a form of the site itself.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post(&mut self, address: &str, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.send(Method::POST, address, Some(form)).await
    }

    async fn send(
        &mut self,
        method: Method,
        address: &str,
        form: Option<&[(&str, &str)]>,
    ) -> anyhow::Result<Answer> {
        let address = self.whole(address);
        let origin = address.parse::<Url>()?.origin().ascii_serialization();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut call = self.anywhere.plain(method, &address).header("Cookie", &cookies.join("; "));
        if let Some(form) = form {
            call = call.header("Origin", &origin).form(form);
        }
        let answer = call.await?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            let (pair, flags) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let flags = flags.to_ascii_lowercase();
            // Browsers take a cookie with this prefix only so.
            if name.starts_with("__Host-") && !(flags.contains("secure") && flags.contains("path=/")) {
                continue;
            }
            if flags.contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Where an answer leads, whole.
    ///
    /// # Errors
    /// When it leads nowhere.
    pub fn target(&self, answer: &Answer) -> anyhow::Result<String> {
        let location = answer.header("Location");
        ensure!(
            !location.is_empty(),
            "{}: {} without a way on: {}",
            answer.title,
            answer.status,
            answer.text()
        );
        Ok(self.whole(location))
    }

    /// Goes where the answer leads, and on, to the first page.
    ///
    /// # Errors
    /// When there is none.
    pub async fn follow(&mut self, mut answer: Answer) -> anyhow::Result<Answer> {
        for _ in 0..REDIRECTS {
            if !(300..400).contains(&answer.status) {
                return Ok(answer);
            }
            answer = self.get(&self.target(&answer)?).await?;
        }
        anyhow::bail!("{}: more than {REDIRECTS} redirects", answer.title)
    }

    fn whole(&self, address: &str) -> String {
        if address.starts_with('/') { format!("{}{address}", self.portal) } else { address.to_owned() }
    }

    /// Opens the account server's form for `path` of the portal, fills it in as `person`, and says where that leads.
    ///
    /// # Errors
    /// When the form does not come, or leads nowhere.
    pub async fn fill_in_sign_in(&mut self, path: &str, person: &Registration) -> anyhow::Result<String> {
        let page = self.get(path).await?;
        let page = self.follow(page).await?.expect(200);
        let fields = [("username", person.email.as_str()), ("password", person.password.as_str())];
        let answer = self.post(&action(&page, "kc-form-login")?, &fields).await?;
        self.target(&answer)
    }

    /// As [`Self::fill_in_sign_in`], with the form for who is new.
    ///
    /// # Errors
    /// When the form does not come, or leads nowhere.
    pub async fn fill_in_sign_up(&mut self, path: &str, person: &Registration) -> anyhow::Result<String> {
        let page = self.get(path).await?;
        let page = self.follow(page).await?.expect(200);
        let fields = [
            ("email", person.email.as_str()),
            ("password", person.password.as_str()),
            ("password-confirm", person.password.as_str()),
            ("firstName", person.first_name.as_str()),
            ("lastName", person.last_name.as_str()),
        ];
        let answer = self.post(&action(&page, "kc-register-form")?, &fields).await?;
        self.target(&answer)
    }

    /// Signs in and stands at `path` of the portal.
    ///
    /// # Errors
    /// When it does not work.
    pub async fn sign_in(&mut self, path: &str, person: &Registration) -> anyhow::Result<Answer> {
        let callback = self.fill_in_sign_in(&format!("/sign-in?return_to={path}"), person).await?;
        let answer = self.get(&callback).await?;
        self.follow(answer).await
    }
}

/// Where the form with this id leads.
fn action(page: &Answer, id: &str) -> anyhow::Result<String> {
    let html = page.text();
    let form = html.split("<form").find(|form| form.contains(&format!("id=\"{id}\"")));
    let action = form.and_then(|form| form.split("action=\"").nth(1)?.split('"').next());
    let action = action.with_context(|| format!("{}: no form {id}: {html}", page.title))?;
    Ok(action.replace("&amp;", "&"))
}
