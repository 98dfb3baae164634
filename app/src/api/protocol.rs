use leptos::server_fn::codec::{JsonEncoding, Post};
use leptos::server_fn::error::ServerFnErrorErr;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

use super::ApiError;

/// How server functions answer: `{"Ok": …}` or `{"Err": …}`, both with the status 200. A refusal is an answer as well,
/// and about any other status a browser writes a complaint into its console.
pub type Answer = Post<AnswerText>;

/// What stands before and after an error's JSON in an answer. `server_fn` asks an encoding for the `Ok` only; the server
/// makes the `Err` of what it sends instead.
pub const ERR: (&str, &str) = (r#"{"Err":"#, "}");

pub struct AnswerText;

impl ContentType for AnswerText {
    const CONTENT_TYPE: &'static str = JsonText::CONTENT_TYPE;
}

impl FormatType for AnswerText {
    const FORMAT_TYPE: Format = JsonText::FORMAT_TYPE;
}

impl<T: Serialize> Encodes<T> for AnswerText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(&Ok::<&T, ()>(output)).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for AnswerText {
    /// `server_fn` makes text of it and hands that on to [`ApiError`], so the text of a refusal is its JSON.
    type Error = String;

    fn decode(answer: Bytes) -> Result<T, Self::Error> {
        // What is not ours, such as a proxy's page, is no answer.
        let answer: Result<T, ApiError> =
            JsonText::decode(answer).map_err(|error: serde_json::Error| error.to_string())?;
        answer.map_err(|error| serde_json::to_string(&error).unwrap_or_default())
    }
}

/// The error that [`AnswerText`] found in place of an output.
pub fn refusal(error: &ServerFnErrorErr) -> Option<ApiError> {
    match error {
        ServerFnErrorErr::Deserialization(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// JSON, read as text.
///
/// `server_fn`'s own encoding reads it as bytes. What comes with a page is read as text as well, and serde makes code for
/// each: every type of ours would be in the WASM twice.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T> Encodes<T> for JsonText
where
    JsonEncoding: Encodes<T>,
{
    type Error = <JsonEncoding as Encodes<T>>::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        JsonEncoding::encode(output)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::server_fn::error::FromServerFnError;

    use super::*;

    fn read(body: String) -> Result<u32, ApiError> {
        // As server_fn does it.
        AnswerText::decode(body.into())
            .map_err(|text| ApiError::from_server_fn_error(ServerFnErrorErr::Deserialization(text)))
    }

    #[test]
    fn an_answer_is_read_as_what_it_is() {
        let body = AnswerText::encode(&7_u32).expect("it has a form");
        assert_eq!(read(String::from_utf8_lossy(&body).into_owned()), Ok(7));
        let error = ApiError::NotFound;
        let json = serde_json::to_string(&error).expect("it has a form");
        assert_eq!(read(format!("{}{json}{}", ERR.0, ERR.1)), Err(error));
    }

    #[test]
    fn what_is_no_answer_means_that_nothing_is_known() {
        for body in ["", "<html>502</html>", "7", r#""NotFound""#] {
            assert_eq!(read(body.to_owned()), Err(ApiError::unavailable("")), "{body}");
        }
    }
}
