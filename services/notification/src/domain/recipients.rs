//! Who is told of a booking.

use contracts::ids::UserId;
use contracts::messages::booking::BookingChanged;
use contracts::messages::notification::Audience;

/// The client, and everybody who acts for the company; who is both is told as both.
pub fn recipients(booking: &BookingChanged) -> Vec<(Audience, UserId)> {
    let client = (Audience::Client, booking.client_id);
    let company = booking.member_ids.iter().map(|member_id| (Audience::Company, *member_id));
    std::iter::once(client).chain(company).collect()
}
