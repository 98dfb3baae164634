use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

/// Asks whether the session behind a request is still there. Whoever finds out who asks puts one into the request's
/// extensions, beside the viewer; a stream asks at each heartbeat, and ends with its session.
#[derive(Clone)]
pub struct SessionCheck(Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>);

impl SessionCheck {
    /// `still_signed_in` says `true` also when it cannot find out: an outage is no reason to sign anybody out.
    pub fn new<F>(still_signed_in: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(still_signed_in())))
    }

    pub async fn still_signed_in(&self) -> bool {
        (self.0)().await
    }
}

impl fmt::Debug for SessionCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCheck")
    }
}
