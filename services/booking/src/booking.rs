//! From the click to the outcome: claim the offer, order the charge, wait for what payment says.

use std::time::Duration;

use contracts::http::booking::OfferStatus;
use contracts::ids::{BookingId, OfferId, UserId};
use contracts::money::Money;
use jiff::SignedDuration;
use kit::outbox::Outbox;
use kit::telemetry;
use sqlx::{PgConnection, PgPool};
use tokio::time::Instant;
use uuid::Uuid;

use crate::config::Limits;
use crate::error::{Error, NotToBeHad};
use crate::sagas;
use crate::store::bookings::{self, Booking, Claim};
use crate::store::{self, offers};
use crate::waiters::{Waiter, Waiters};

/// How long a client waits before he is told to ask again; the gateway waits 5 s.
pub(crate) const WAIT: Duration = Duration::from_millis(2_500);

/// What booking needs besides the request.
#[derive(Debug, Clone)]
pub struct Desk {
    pub pool: PgPool,
    pub outbox: Outbox,
    pub waiters: Waiters,
    pub limits: Limits,
}

/// A client's request for an offer.
#[derive(Debug, Clone)]
pub struct Request {
    pub client_id: UserId,
    pub offer_id: OfferId,
    pub expected_price: Option<Money>,
    pub idempotency_key: Option<String>,
}

impl Desk {
    /// Books the offer, or finds the booking that the same request has made before, and waits for its outcome.
    /// What comes back may still be undecided.
    ///
    /// # Errors
    /// Why nothing was made; then no offer is held and no key is used.
    pub async fn book(&self, request: &Request) -> Result<Booking, Error> {
        let deadline = Instant::now() + WAIT;
        let made = BookingId(Uuid::now_v7());
        // Before the commit, so that the outcome cannot come between.
        let waiter = self.waiters.register(made);
        match self.reserve(made, request).await? {
            Reserved::Made(booking) => Ok(self.outcome(booking, waiter, deadline).await),
            Reserved::Before(booking) => {
                drop(waiter);
                let waiter = self.waiters.register(booking.id);
                // It may have been decided before that.
                let booking = self.reread(booking).await;
                Ok(self.outcome(booking, waiter, deadline).await)
            }
        }
    }

    /// Everything that must be so at once: the client's limits, the claim, the booking, the orders.
    async fn reserve(&self, id: BookingId, request: &Request) -> Result<Reserved, Error> {
        let Request { client_id, offer_id, expected_price, idempotency_key } = request;
        let key = idempotency_key.as_deref();
        let mut transaction = self.pool.begin().await?;
        bookings::take_turn(&mut transaction, *client_id).await?;
        let standing = bookings::standing(&mut transaction, *client_id, *offer_id, key).await?;
        if let Some(same) = standing.same {
            let booking = find(&mut transaction, same, *client_id).await?;
            let other = booking.offer_id != *offer_id || booking.expected_price != *expected_price;
            if key.is_some() && other {
                return Err(Error::KeyReused);
            }
            return Ok(Reserved::Before(booking));
        }
        if standing.undecided >= self.limits.undecided_limit {
            return Err(Error::TooManyUndecided);
        }
        if standing.failed_lately >= self.limits.failed_limit_per_hour {
            return Err(Error::TooManyFailed);
        }
        let claim = Claim {
            id,
            offer_id: *offer_id,
            client_id: *client_id,
            expected_price: *expected_price,
            idempotency_key: key,
            decided_within: SignedDuration::from_secs(self.limits.charge_seconds.into()),
        };
        let Some((booking, offer_revision)) = bookings::claim(&mut transaction, &claim).await? else {
            return Err(why_not(&mut transaction, *offer_id, *expected_price).await?);
        };
        sagas::begin(&mut transaction, &booking, offer_revision).await?;
        self.outbox.commit(transaction).await?;
        Ok(Reserved::Made(booking))
    }

    /// Waits until payment has said what the booking waits for, but not for ever.
    pub(crate) async fn outcome(
        &self,
        mut booking: Booking,
        waiter: Option<Waiter>,
        deadline: Instant,
    ) -> Booking {
        while booking.state.waits_for_payment()
            && let Some(waiter) = &waiter
            && Instant::now() < deadline
        {
            booking = match tokio::time::timeout_at(deadline, waiter.woken()).await {
                Ok(Some(news)) if news.revision > booking.revision => news,
                // Out of time, or woken by one who does not know more: the database does.
                Ok(_) | Err(_) => self.reread(booking).await,
            };
        }
        booking
    }

    /// The booking as it now is, or as it was when the database cannot say: what is committed is no error.
    async fn reread(&self, booking: Booking) -> Booking {
        let read = async {
            let mut connection = self.pool.acquire().await?;
            bookings::find(&mut connection, booking.id, booking.client_id).await
        };
        match read.await {
            Ok(found) => found.unwrap_or(booking),
            Err(error) => {
                tracing::warn!(error = telemetry::chain(&error), "the outcome cannot be read");
                booking
            }
        }
    }
}

enum Reserved {
    Made(Booking),
    Before(Booking),
}

async fn find(connection: &mut PgConnection, id: BookingId, client_id: UserId) -> Result<Booking, Error> {
    bookings::find(connection, id, client_id).await?.ok_or(Error::NoBooking)
}

/// Why the claim found nothing to take.
async fn why_not(
    connection: &mut PgConnection,
    offer_id: OfferId,
    expected_price: Option<Money>,
) -> Result<Error, Error> {
    let Some(offer) = offers::find(connection, offer_id).await? else { return Ok(Error::NoOffer) };
    let begun = offer.starts_at <= store::now(connection).await?;
    Ok(Error::NotToBeHad(match offer.status {
        OfferStatus::Withdrawn => NotToBeHad::Withdrawn,
        OfferStatus::Expired => NotToBeHad::Begun,
        _ if begun => NotToBeHad::Begun,
        OfferStatus::Reserved | OfferStatus::Booked => NotToBeHad::Taken,
        OfferStatus::Open if !offer.company.active => NotToBeHad::CompanyInactive,
        OfferStatus::Open if expected_price.is_some_and(|price| price != offer.price) => {
            NotToBeHad::PriceChanged
        }
        // Freed again since the claim looked; whoever wants it may try again.
        OfferStatus::Open => NotToBeHad::Taken,
    }))
}
