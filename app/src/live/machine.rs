//! When a stream is opened, closed and asked for again. Knows no browser.

use std::time::Duration;

use super::Connection;

/// How long to wait before a refused stream is asked for again: doubles from the first to the second.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The first component wants it.
    Start,
    Opened,
    /// The browser comes back by itself.
    Broken,
    /// It was refused, and the browser does not come back by itself.
    Refused,
    RetryDue,
    /// Nothing was heard for longer than the server is ever silent.
    Silent,
    Offline,
    Online,
    Hidden,
    /// For so long that the stream is a waste.
    HiddenForLong,
    Shown,
    /// The server says that there is no session.
    SignedOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens a new stream in place of any old one.
    Open,
    Close,
    /// Gives [`Input::RetryDue`] after this time.
    RetryIn(Duration),
    /// Gives [`Input::HiddenForLong`] after some minutes.
    WatchHidden,
    UnwatchHidden,
    /// Pages may have missed something.
    CameBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nobody has asked for it yet.
    New,
    Connecting,
    Open,
    /// Until the next try.
    Waiting,
    Offline,
    /// Nobody looks.
    Asleep,
    SignedOut,
}

#[derive(Debug)]
pub struct Machine {
    state: State,
    /// Refusals since it was last open.
    refusals: u32,
    has_been_open: bool,
    had_trouble: bool,
    is_hidden: bool,
}

impl Machine {
    pub fn new() -> Self {
        Self { state: State::New, refusals: 0, has_been_open: false, had_trouble: false, is_hidden: false }
    }

    /// What there is to do now, in this order.
    pub fn step(&mut self, input: Input) -> Vec<Action> {
        match (self.state, input) {
            (State::SignedOut, _) => vec![],
            (_, Input::SignedOut) => self.go(State::SignedOut, vec![Action::Close]),
            (State::New, Input::Start) => self.connect(),
            (State::Connecting, Input::Opened) => {
                self.refusals = 0;
                // Also when it was refused at first: the page was drawn before that.
                let came_back = std::mem::replace(&mut self.has_been_open, true) || self.had_trouble;
                self.go(State::Open, if came_back { vec![Action::CameBack] } else { vec![] })
            }
            (State::Connecting | State::Open, Input::Broken) => {
                self.had_trouble = true;
                self.go(State::Connecting, vec![])
            }
            (State::Connecting | State::Open, Input::Refused) => {
                self.had_trouble = true;
                let wait = (RETRY.0 * 2_u32.pow(self.refusals.min(10))).min(RETRY.1);
                self.refusals += 1;
                self.go(State::Waiting, vec![Action::Close, Action::RetryIn(wait)])
            }
            (State::Connecting | State::Open, Input::Silent) => {
                self.had_trouble = true;
                self.connect()
            }
            (State::Waiting, Input::RetryDue) => self.connect(),
            (State::Connecting | State::Open | State::Waiting, Input::Offline) => {
                self.had_trouble = true;
                self.go(State::Offline, vec![Action::Close])
            }
            (State::Offline, Input::Online) => self.connect(),
            (_, Input::Hidden) => {
                self.is_hidden = true;
                vec![Action::WatchHidden]
            }
            (State::New | State::Asleep, Input::HiddenForLong) => vec![],
            (_, Input::HiddenForLong) if self.is_hidden => self.go(State::Asleep, vec![Action::Close]),
            (state, Input::Shown) => {
                self.is_hidden = false;
                let mut actions = vec![Action::UnwatchHidden];
                if matches!(state, State::Asleep | State::Waiting) {
                    self.refusals = 0;
                    actions.append(&mut self.connect());
                }
                actions
            }
            _ => vec![],
        }
    }

    pub fn connection(&self) -> Connection {
        match self.state {
            State::New | State::Connecting if !self.had_trouble && !self.has_been_open => {
                Connection::Connecting
            }
            State::New | State::Connecting | State::Waiting | State::Asleep => Connection::Reconnecting,
            State::Open => Connection::Live,
            State::Offline => Connection::Offline,
            State::SignedOut => Connection::SignedOut,
        }
    }

    fn connect(&mut self) -> Vec<Action> {
        self.go(State::Connecting, vec![Action::Open])
    }

    fn go(&mut self, state: State, actions: Vec<Action>) -> Vec<Action> {
        self.state = state;
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the inputs one after the other and gives what the last one leads to.
    fn after(inputs: &[Input]) -> (Vec<Action>, Connection) {
        let mut machine = Machine::new();
        let mut actions = Vec::new();
        for input in inputs {
            actions = machine.step(*input);
        }
        (actions, machine.connection())
    }

    #[test]
    fn it_opens_once_and_is_live() {
        assert_eq!(after(&[Input::Start]), (vec![Action::Open], Connection::Connecting));
        assert_eq!(after(&[Input::Start, Input::Start]).0, []);
        assert_eq!(after(&[Input::Start, Input::Opened]), (vec![], Connection::Live));
    }

    #[test]
    fn a_break_heals_by_itself_and_pages_look_again() {
        let broken = [Input::Start, Input::Opened, Input::Broken];
        assert_eq!(after(&broken), (vec![], Connection::Reconnecting));
        let healed = [Input::Start, Input::Opened, Input::Broken, Input::Opened];
        assert_eq!(after(&healed), (vec![Action::CameBack], Connection::Live));
        // It was not open at first: something may have happened since the page was drawn.
        for trouble in [Input::Broken, Input::Silent] {
            let late = [Input::Start, trouble, Input::Opened];
            assert_eq!(after(&late), (vec![Action::CameBack], Connection::Live));
        }
        let refused = [Input::Start, Input::Refused, Input::RetryDue, Input::Opened];
        assert_eq!(after(&refused), (vec![Action::CameBack], Connection::Live));
    }

    #[test]
    fn a_refusal_is_asked_again_later_and_later() {
        let mut machine = Machine::new();
        machine.step(Input::Start);
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            let wait = Action::RetryIn(Duration::from_secs(seconds));
            assert_eq!(machine.step(Input::Refused), [Action::Close, wait]);
            assert_eq!(machine.connection(), Connection::Reconnecting);
            assert_eq!(machine.step(Input::RetryDue), [Action::Open]);
        }
        machine.step(Input::Opened);
        let wait = Action::RetryIn(Duration::from_secs(1));
        assert_eq!(machine.step(Input::Refused), [Action::Close, wait]);
    }

    #[test]
    fn without_a_network_it_waits_for_one() {
        let offline = [Input::Start, Input::Opened, Input::Offline];
        assert_eq!(after(&offline), (vec![Action::Close], Connection::Offline));
        let late = [Input::Start, Input::Refused, Input::Offline, Input::RetryDue];
        assert_eq!(after(&late), (vec![], Connection::Offline));
        let online = [Input::Start, Input::Opened, Input::Offline, Input::Online];
        assert_eq!(after(&online), (vec![Action::Open], Connection::Reconnecting));
        let back = [Input::Start, Input::Opened, Input::Offline, Input::Online, Input::Opened];
        assert_eq!(after(&back), (vec![Action::CameBack], Connection::Live));
    }

    #[test]
    fn a_page_that_nobody_looks_at_sleeps() {
        let hidden = [Input::Start, Input::Opened, Input::Hidden];
        assert_eq!(after(&hidden), (vec![Action::WatchHidden], Connection::Live));
        let asleep = [Input::Start, Input::Opened, Input::Hidden, Input::HiddenForLong];
        assert_eq!(after(&asleep).0, [Action::Close]);
        let shown = [Input::Start, Input::Opened, Input::Hidden, Input::Shown];
        assert_eq!(after(&shown), (vec![Action::UnwatchHidden], Connection::Live));
        let late = [Input::Start, Input::Opened, Input::Hidden, Input::Shown, Input::HiddenForLong];
        assert_eq!(after(&late), (vec![], Connection::Live));
        let awake = [Input::Start, Input::Opened, Input::Hidden, Input::HiddenForLong, Input::Shown];
        assert_eq!(after(&awake).0, [Action::UnwatchHidden, Action::Open]);
        // Asleep, it does not care for the network.
        let asleep = [Input::Start, Input::Hidden, Input::HiddenForLong, Input::Offline, Input::Online];
        assert_eq!(after(&asleep).0, []);
    }

    #[test]
    fn whoever_looks_again_does_not_wait() {
        let shown = [Input::Start, Input::Refused, Input::Hidden, Input::Shown];
        assert_eq!(after(&shown).0, [Action::UnwatchHidden, Action::Open]);
    }

    #[test]
    fn silence_is_a_break() {
        let silent = [Input::Start, Input::Opened, Input::Silent];
        assert_eq!(after(&silent), (vec![Action::Open], Connection::Reconnecting));
    }

    #[test]
    fn without_a_session_it_ends() {
        let ended = [Input::Start, Input::Opened, Input::SignedOut];
        assert_eq!(after(&ended), (vec![Action::Close], Connection::SignedOut));
        for input in [Input::Broken, Input::Refused, Input::Online, Input::Hidden, Input::Shown, Input::Start]
        {
            let inputs = [Input::Start, Input::Opened, Input::SignedOut, input];
            assert_eq!(after(&inputs), (vec![], Connection::SignedOut), "{input:?}");
        }
    }
}
