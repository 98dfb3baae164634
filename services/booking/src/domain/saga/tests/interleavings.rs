//! Two clients, one offer, payment, and a network that delivers in any order, late, and more than once.
//!
//! Payment is a model of what its commands promise (architecture, the saga). What is checked is ours: whatever the
//! order, payment never says what [`advance`] calls impossible, no money is made or lost, the offer is sold once,
//! and when the faults end every booking does.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::*;

const PRICE: i64 = 1_000;
const CLIENTS: usize = 2;

/// What may happen next; numbers choose among what there is.
#[derive(Debug, Clone, Copy)]
enum Event {
    Book {
        client: usize,
    },
    /// A message arrives and its offset is stored.
    Deliver(usize),
    /// A message takes effect, and the process dies before the offset is stored.
    DeliverAndForget(usize),
    /// A command or an answer never arrives; only asking again heals that. A settlement is ordered once, by a state
    /// that waits for nothing, and Kafka keeps it.
    Lose(usize),
    /// The time of a booking in its state is over.
    Due(usize),
    Cancel {
        booking: usize,
        by: Side,
        refund: i64,
    },
    Complete(usize),
    /// The visit begins.
    Begin,
}

fn event() -> impl Strategy<Value = Event> {
    let any = 0..64_usize;
    let side = prop_oneof![Just(Side::Client), Just(Side::Company)];
    prop_oneof![
        2 => (0..CLIENTS).prop_map(|client| Event::Book { client }),
        6 => any.clone().prop_map(Event::Deliver),
        2 => any.clone().prop_map(Event::DeliverAndForget),
        1 => any.clone().prop_map(Event::Lose),
        2 => any.clone().prop_map(Event::Due),
        1 => (any.clone(), side, 0..=PRICE)
            .prop_map(|(booking, by, refund)| Event::Cancel { booking, by, refund }),
        1 => any.prop_map(Event::Complete),
        1 => Just(Event::Begin),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Charge,
    Void,
    Refund(Money),
    Settle,
    Answer(Input),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charge {
    Charged,
    Declined,
    Voided,
    Refunded,
    Settled,
}

#[derive(Debug)]
struct World {
    bookings: Vec<(usize, State)>,
    /// The booking that has the offer.
    held_by: Option<usize>,
    withdrawn: bool,
    begun: bool,
    wallets: [i64; CLIENTS],
    escrow: i64,
    company: i64,
    charges: BTreeMap<usize, Charge>,
    /// By its id: the booking it is about, and what it says.
    network: BTreeMap<usize, (usize, Message)>,
    seen: BTreeSet<usize>,
    /// Bookings that time does not move any more.
    at_rest: BTreeSet<usize>,
    next_id: usize,
    total: i64,
}

impl World {
    fn new(wallets: [i64; CLIENTS]) -> Self {
        Self {
            bookings: Vec::new(),
            held_by: None,
            withdrawn: false,
            begun: false,
            wallets,
            escrow: 0,
            company: 0,
            charges: BTreeMap::new(),
            network: BTreeMap::new(),
            seen: BTreeSet::new(),
            at_rest: BTreeSet::new(),
            next_id: 0,
            total: wallets.iter().sum(),
        }
    }

    fn send(&mut self, booking: usize, message: Message) {
        self.network.insert(self.next_id, (booking, message));
        self.next_id += 1;
    }

    fn happen(&mut self, event: Event) {
        let among = |number: usize, length: usize| (length > 0).then(|| number % length);
        let (bookings, messages) = (self.bookings.len(), self.network.len());
        let message = |world: &Self, number| {
            among(number, messages).and_then(|index| world.network.keys().nth(index).copied())
        };
        match event {
            Event::Book { client } => self.book(client),
            Event::Deliver(number) => {
                if let Some(id) = message(self, number) {
                    self.take_effect(id);
                    self.network.remove(&id);
                }
            }
            Event::DeliverAndForget(number) => {
                if let Some(id) = message(self, number) {
                    self.take_effect(id);
                }
            }
            Event::Lose(number) => {
                if let Some(id) = message(self, number) {
                    self.network.remove(&id);
                }
            }
            Event::Due(number) => {
                if let Some(booking) = among(number, bookings) {
                    let (_, state) = self.bookings[booking];
                    // Time moves a paid booking only long after its visit.
                    if (state != State::Paid || self.begun) && !self.at_rest.contains(&booking) {
                        self.input(booking, Input::Due);
                    }
                }
            }
            Event::Cancel { booking, by, refund } => {
                if let Some(booking) = among(booking, bookings) {
                    self.input(booking, Input::Cancel { by, refund: Money(refund) });
                }
            }
            Event::Complete(number) => {
                if let Some(booking) = among(number, bookings) {
                    self.input(booking, Input::Complete);
                }
            }
            Event::Begin => self.begun = true,
        }
        self.check();
    }

    fn book(&mut self, client: usize) {
        if self.held_by.is_some() || self.withdrawn || self.begun {
            return;
        }
        self.bookings.push((client, State::Reserved));
        self.held_by = Some(self.bookings.len() - 1);
        self.send(self.bookings.len() - 1, Message::Charge);
    }

    fn input(&mut self, booking: usize, input: Input) {
        let visit = visit();
        let now = if self.begun { visit.starts_at } else { visit.starts_at - SignedDuration::from_secs(1) };
        let (_, state) = self.bookings[booking];
        let (next, effects) = match advance(state, input, visit, now) {
            Step::Moved { next, effects } => (next, effects),
            Step::AlreadyDone | Step::Refused(_) => return,
            Step::Settled => {
                self.at_rest.insert(booking);
                return;
            }
            Step::Impossible => panic!("{input:?} in {state:?}"),
        };
        self.bookings[booking].1 = next;
        for effect in effects {
            match effect {
                Effect::VoidCharge => self.send(booking, Message::Void),
                Effect::Refund(refund) => self.send(booking, Message::Refund(refund)),
                Effect::Settle => self.send(booking, Message::Settle),
                Effect::KeepOffer => assert_eq!(self.held_by, Some(booking)),
                Effect::ReopenOffer | Effect::WithdrawOffer => {
                    assert_eq!(self.held_by.take(), Some(booking), "an offer is freed by who has it");
                    self.withdrawn |= effect == Effect::WithdrawOffer;
                    // Money goes back before the slot does.
                    assert!(!matches!(self.charges.get(&booking), Some(Charge::Charged)));
                }
            }
        }
    }

    /// What a message does, unless it has done it before: the inbox and the effect commit together.
    fn take_effect(&mut self, id: usize) {
        if !self.seen.insert(id) {
            return;
        }
        let (booking, message) = self.network[&id];
        let client = self.bookings[booking].0;
        let before = self.charges.get(&booking).copied();
        match message {
            Message::Answer(input) => self.input(booking, input),
            Message::Charge => {
                let charge = before.unwrap_or_else(|| {
                    if self.wallets[client] < PRICE {
                        return Charge::Declined;
                    }
                    self.wallets[client] -= PRICE;
                    self.escrow += PRICE;
                    Charge::Charged
                });
                self.charges.insert(booking, charge);
                let answer = match charge {
                    Charge::Charged | Charge::Refunded | Charge::Settled => Input::Charged,
                    Charge::Declined => Input::ChargeDeclined(DeclineReason::InsufficientFunds),
                    Charge::Voided => Input::ChargeDeclined(DeclineReason::Voided),
                };
                self.send(booking, Message::Answer(answer));
            }
            Message::Void => {
                match before {
                    Some(Charge::Charged) => {
                        self.escrow -= PRICE;
                        self.wallets[client] += PRICE;
                    }
                    None | Some(Charge::Declined | Charge::Voided) => {}
                    Some(Charge::Refunded | Charge::Settled) => panic!("void of {before:?}"),
                }
                self.charges.insert(booking, Charge::Voided);
                self.send(booking, Message::Answer(Input::ChargeVoided));
            }
            Message::Refund(refund) => {
                match before {
                    Some(Charge::Charged) => {
                        self.escrow -= PRICE;
                        self.wallets[client] += refund.0;
                        self.company += PRICE - refund.0;
                        self.charges.insert(booking, Charge::Refunded);
                    }
                    Some(Charge::Refunded) => {}
                    None | Some(Charge::Declined | Charge::Voided | Charge::Settled) => {
                        panic!("refund of {before:?}")
                    }
                }
                self.send(booking, Message::Answer(Input::Refunded));
            }
            Message::Settle => {
                match before {
                    Some(Charge::Charged) => {
                        self.escrow -= PRICE;
                        self.company += PRICE;
                        self.charges.insert(booking, Charge::Settled);
                    }
                    Some(Charge::Settled) => {}
                    None | Some(Charge::Declined | Charge::Voided | Charge::Refunded) => {
                        panic!("settlement of {before:?}")
                    }
                }
                self.send(booking, Message::Answer(Input::Settled));
            }
        }
    }

    fn check(&self) {
        assert!(self.wallets.iter().all(|balance| *balance >= 0), "{self:?}");
        assert_eq!(self.wallets.iter().sum::<i64>() + self.escrow + self.company, self.total, "{self:?}");
        let charged = self.charges.values().filter(|charge| **charge == Charge::Charged).count();
        assert_eq!(self.escrow, PRICE * i64::try_from(charged).unwrap(), "{self:?}");
        let active = |state: &State| !matches!(state, State::Failed(_) | State::Cancelled { .. });
        let holders = self.bookings.iter().filter(|(_, state)| active(state)).count();
        assert_eq!(holders, usize::from(self.held_by.is_some()), "{self:?}");
        for (booking, (_, state)) in self.bookings.iter().enumerate() {
            if *state == State::Paid {
                assert_eq!(self.charges.get(&booking), Some(&Charge::Charged), "{self:?}");
            }
        }
    }

    /// No more faults: everything arrives, and time passes.
    fn settle_down(&mut self) {
        for round in 0..20 {
            for booking in 0..self.bookings.len() {
                // First what is under way arrives.
                let state = self.bookings[booking].1;
                let is_unsettled = state == State::Completed && !self.at_rest.contains(&booking);
                if round > 0 && (state.waits_for_payment() || is_unsettled) {
                    self.input(booking, Input::Due);
                }
            }
            while let Some(id) = self.network.keys().next().copied() {
                self.take_effect(id);
                self.network.remove(&id);
                self.check();
            }
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100_000)
}

proptest! {
    #![proptest_config(Config { cases: cases(), failure_persistence: None, ..Config::default() })]

    #[test]
    fn whatever_the_order_money_is_conserved_and_every_booking_ends(
        events in proptest::collection::vec(event(), 0..40),
        wallets in [0..=2 * PRICE, 0..=2 * PRICE],
    ) {
        let mut world = World::new(wallets);
        for event in events {
            world.happen(event);
        }
        world.settle_down();
        for (booking, (_, state)) in world.bookings.iter().enumerate() {
            let ended = match state {
                State::Paid => Some(Charge::Charged),
                State::Completed | State::NoShow => Some(Charge::Settled),
                State::Cancelled { refund: Some(_), .. } => Some(Charge::Refunded),
                State::Cancelled { refund: None, .. } | State::Failed(FailReason::TimedOut) => {
                    Some(Charge::Voided)
                }
                State::Failed(FailReason::Declined(_)) => Some(Charge::Declined),
                State::Reserved | State::Voiding(_) | State::Refunding { .. } => None,
            };
            prop_assert!(ended.is_some(), "{:?}", world);
            prop_assert_eq!(world.charges.get(&booking).copied(), ended, "{:?}", world);
            prop_assert_eq!(world.at_rest.contains(&booking), *state == State::Completed, "{:?}", world);
        }
    }
}
