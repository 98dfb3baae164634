use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::api::ApiError;
use app::gateway::Calls;
use contracts::http::booking::Service;
use contracts::ids::ServiceId;

/// How old the list of services may be; it changes with a release of `booking`.
const FRESH_FOR: Duration = Duration::from_secs(600);

/// Which services belong to which, remembered for all.
#[derive(Debug, Clone, Default)]
pub struct Catalogue(Arc<Mutex<Option<Known>>>);

#[derive(Debug, Clone)]
struct Known {
    since: Instant,
    services: Arc<[Service]>,
}

impl Catalogue {
    /// The service and its children, as the search understands `id`; empty when there is no such service.
    ///
    /// # Errors
    /// Those of the call, when the list was never to be had.
    pub async fn family(&self, calls: &Calls, id: ServiceId) -> Result<Vec<ServiceId>, ApiError> {
        let services = self.services(calls).await?;
        let belongs = |service: &&Service| service.id == id || service.parent_id == Some(id);
        Ok(services.iter().filter(belongs).map(|service| service.id).collect())
    }

    async fn services(&self, calls: &Calls) -> Result<Arc<[Service]>, ApiError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = &known
            && known.since.elapsed() < FRESH_FOR
        {
            return Ok(known.services.clone());
        }
        match calls.get("/booking/services").read::<Vec<Service>>().await {
            Ok(services) => {
                let services: Arc<[Service]> = services.into();
                let known = Known { since: Instant::now(), services: services.clone() };
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
                Ok(services)
            }
            Err(error) => known.map(|known| known.services).ok_or(error),
        }
    }
}
