use contracts::http::customer::Registration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Answer, Call, Server};
use crate::stack::variable_of_the_stack;

/// The account server, as its own clients see it.
#[derive(Debug, Clone)]
pub struct Keycloak {
    server: Server,
    realm: String,
    pub issuer: String,
    pub api: Client,
    pub accounts: Client,
    pub portal: Client,
}

/// A client of the realm.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    secret: String,
}

impl Client {
    pub fn with_secret(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned() }
    }

    fn of_environment(name: &str) -> anyhow::Result<Self> {
        let id = variable_of_the_stack(&format!("{name}_CLIENT_ID"))?;
        Ok(Self::with_secret(&id, &variable_of_the_stack(&format!("{name}_CLIENT_SECRET"))?))
    }
}

impl Keycloak {
    pub(crate) fn of_environment(http: reqwest::Client) -> anyhow::Result<Self> {
        Ok(Self {
            server: Server::new("keycloak", &variable_of_the_stack("KEYCLOAK_URL")?, http),
            realm: variable_of_the_stack("KEYCLOAK_REALM")?,
            issuer: variable_of_the_stack("AUTH_ISSUER")?,
            api: Client::of_environment("API")?,
            accounts: Client::of_environment("ACCOUNTS")?,
            portal: Client::of_environment("PORTAL")?,
        })
    }

    /// `path` of the realm's OpenID Connect side.
    pub fn protocol(&self, method: Method, path: &str) -> Call {
        self.server.plain(method, &format!("/realms/{}/protocol/openid-connect{path}", self.realm))
    }

    /// `path` of the realm's administration.
    pub fn administration(&self, method: Method, path: &str) -> Call {
        self.server.plain(method, &format!("/admin/realms/{}{path}", self.realm))
    }

    /// The public keys of the realm.
    ///
    /// # Errors
    /// When Keycloak does not answer.
    pub async fn keys(&self) -> anyhow::Result<Value> {
        Ok(self.protocol(Method::GET, "/certs").await?.parsed(200))
    }

    /// Asks for tokens in the name of `client`.
    ///
    /// # Errors
    /// When Keycloak does not answer.
    pub async fn grant(&self, client: &Client, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut form = vec![("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
        form.extend_from_slice(fields);
        self.protocol(Method::POST, "/token").form(&form).await
    }

    /// A log-in with e-mail and password through the API's client, ID token and all.
    ///
    /// # Errors
    /// When Keycloak does not answer.
    pub async fn log_in(&self, client: &Client, person: &Registration) -> anyhow::Result<Answer> {
        let fields = [
            ("grant_type", "password"),
            ("scope", "openid"),
            ("username", person.email.as_str()),
            ("password", person.password.as_str()),
        ];
        self.grant(client, &fields).await
    }

    /// The access token of the client that manages accounts.
    ///
    /// # Errors
    /// When Keycloak does not answer.
    pub async fn accounts_token(&self) -> anyhow::Result<String> {
        let tokens: Value =
            self.grant(&self.accounts, &[("grant_type", "client_credentials")]).await?.parsed(200);
        Ok(tokens["access_token"].as_str().unwrap_or_default().to_owned())
    }

    /// What a registration leaves behind that dies right after its first step.
    ///
    /// # Errors
    /// When Keycloak does not answer.
    pub async fn create_user(&self, person: &Registration) -> anyhow::Result<Answer> {
        let user = json!({
            "username": person.email,
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "enabled": true,
            "credentials": [{ "type": "password", "value": person.password, "temporary": false }],
        });
        let token = self.accounts_token().await?;
        self.administration(Method::POST, "/users").token(&token).json(&user).await
    }
}
