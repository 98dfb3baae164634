use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use serde::de::DeserializeOwned;
use web_sys::{EventSource, MessageEvent};

use super::machine::{Action, Input, Machine};
use super::{Connection, LIVE_PATH};

/// Each event that the server sends; a listener is needed for every one.
const EVENTS: [&str; 4] = ["booking", "offer", "beat", "end"];

/// The stream of bookings stays open for so long when the last component has gone: the next page may want it.
const LINGER: Duration = Duration::from_secs(3);

/// A page that nobody looks at for so long closes its stream.
const SLEEP_AFTER: Duration = Duration::from_secs(5 * 60);

/// The server says something every 15 s; when it does not, the connection is dead and nobody has told us.
const SILENCE: Duration = Duration::from_secs(40);

/// Between two looks whether the server is still there.
const LISTEN_EVERY: Duration = Duration::from_secs(10);

thread_local! {
    /// The streams of this tab, by their addresses.
    static STREAMS: RefCell<HashMap<String, Rc<Stream>>> = RefCell::default();
    static RECONNECTS: ArcRwSignal<u32> = ArcRwSignal::new(0);
}

/// How often a stream of this tab has come back.
pub fn reconnects() -> Signal<u32> {
    RECONNECTS.with(|reconnects| RwSignal::from(reconnects.clone()).into())
}

/// Hears `event` of the stream at `address`: of another one whenever that changes, of none while it is `None`.
pub fn open<T: DeserializeOwned + 'static>(
    address: Signal<Option<String>>,
    event: &'static str,
    handle: impl Fn(T) + 'static,
) -> Signal<Connection> {
    let handle: Handle = Rc::new(move |text| match serde_json::from_str(text) {
        Ok(change) => handle(change),
        Err(error) => leptos::logging::warn!("a message of the stream cannot be read: {error}"),
    });
    let place = StoredValue::new_local(None::<Place>);
    let connection = RwSignal::new(None::<ArcRwSignal<Connection>>);
    Effect::new(move |last: Option<Option<String>>| {
        let address = address.get();
        if last.as_ref() != Some(&address) {
            // The old one first: the server counts them.
            place.set_value(None);
            let next = address.as_deref().map(|address| Place::take(address, event, handle.clone()));
            connection.set(next.as_ref().map(|place| place.stream.connection.clone()));
            place.set_value(next);
        }
        address
    });
    on_cleanup(move || {
        // Gone already when the component's values went first.
        place.try_set_value(None);
    });
    Signal::derive(move || connection.get().map_or_else(Connection::default, |connection| connection.get()))
}

/// A component's place at a stream.
struct Place {
    stream: Rc<Stream>,
    id: u64,
}

impl Place {
    fn take(address: &str, event: &'static str, handle: Handle) -> Self {
        let stream = STREAMS.with_borrow_mut(|streams| {
            streams.entry(address.to_owned()).or_insert_with(|| Stream::new(address.to_owned())).clone()
        });
        let id = stream.next_id.get();
        stream.next_id.set(id + 1);
        stream.listeners.borrow_mut().push(Listener { id, event, handle });
        stream.linger.take();
        stream.step(Input::Start);
        Self { stream, id }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let stream = &self.stream;
        stream.listeners.borrow_mut().retain(|listener| listener.id != self.id);
        if !stream.listeners.borrow().is_empty() {
            return;
        }
        if stream.address != LIVE_PATH {
            stream.forget();
            return;
        }
        let nobody_came = on(&stream.this, |stream| {
            if stream.listeners.borrow().is_empty() {
                stream.forget();
            }
        });
        stream.linger.replace(Some(Timer::once(LINGER, nobody_came)));
    }
}

/// Takes an event's data.
type Handle = Rc<dyn Fn(&str)>;

/// What a component does with one kind of event.
struct Listener {
    id: u64,
    event: &'static str,
    handle: Handle,
}

/// One `EventSource` at a time, for everybody in this tab who wants that address.
struct Stream {
    this: Weak<Self>,
    address: String,
    machine: RefCell<Machine>,
    connection: ArcRwSignal<Connection>,
    listeners: RefCell<Vec<Listener>>,
    next_id: Cell<u64>,
    source: RefCell<Option<EventSource>>,
    /// In milliseconds since 1970.
    heard_at: Cell<f64>,
    retry: RefCell<Option<Timer>>,
    hidden: RefCell<Option<Timer>>,
    linger: RefCell<Option<Timer>>,
    listen: RefCell<Option<Timer>>,
    window: RefCell<Vec<WindowListenerHandle>>,
    // The browser keeps only references to these.
    on_open: Closure<dyn Fn()>,
    on_error: Closure<dyn Fn()>,
    on_message: Closure<dyn Fn(MessageEvent)>,
}

impl Stream {
    fn new(address: String) -> Rc<Self> {
        let stream = Rc::new_cyclic(|this: &Weak<Self>| Self {
            this: this.clone(),
            address,
            machine: RefCell::new(Machine::new()),
            connection: ArcRwSignal::new(Connection::default()),
            listeners: RefCell::default(),
            next_id: Cell::default(),
            source: RefCell::default(),
            heard_at: Cell::new(0.0),
            retry: RefCell::default(),
            hidden: RefCell::default(),
            linger: RefCell::default(),
            listen: RefCell::default(),
            window: RefCell::default(),
            on_open: Closure::new(on(this, |stream| {
                stream.heard_at.set(now());
                stream.step(Input::Opened);
            })),
            on_error: Closure::new(on(this, Stream::broken)),
            on_message: {
                let this = this.clone();
                Closure::new(move |message| {
                    if let Some(stream) = this.upgrade() {
                        stream.hear(&message);
                    }
                })
            },
        });
        let listen = on(&stream.this, |stream| {
            if now() - stream.heard_at.get() > SILENCE.as_secs_f64() * 1_000.0 {
                stream.step(Input::Silent);
            }
        });
        stream.listen.replace(Some(Timer::every(LISTEN_EVERY, listen)));
        let (online, offline) = (
            on(&stream.this, |stream| stream.step(Input::Online)),
            on(&stream.this, |stream| stream.step(Input::Offline)),
        );
        let looked_at = on(&stream.this, Stream::look);
        stream.window.replace(vec![
            window_event_listener(ev::online, move |_| online()),
            window_event_listener(ev::offline, move |_| offline()),
            // It happens to the document and comes up to the window.
            window_event_listener_untyped("visibilitychange", move |_| looked_at()),
        ]);
        if document().hidden() {
            stream.look();
        }
        stream
    }

    fn step(&self, input: Input) {
        let actions = self.machine.borrow_mut().step(input);
        for action in actions {
            self.act(action);
        }
        let connection = self.machine.borrow().connection();
        if self.connection.get_untracked() != connection {
            self.connection.set(connection);
        }
    }

    fn act(&self, action: Action) {
        match action {
            Action::Open => self.open(),
            Action::Close => self.close(),
            Action::RetryIn(wait) => {
                let again = on(&self.this, |stream| stream.step(Input::RetryDue));
                self.retry.replace(Some(Timer::once(jittered(wait), again)));
            }
            Action::WatchHidden => {
                let asleep = on(&self.this, |stream| stream.step(Input::HiddenForLong));
                self.hidden.replace(Some(Timer::once(SLEEP_AFTER, asleep)));
            }
            Action::UnwatchHidden => drop(self.hidden.take()),
            Action::CameBack => RECONNECTS.with(|reconnects| reconnects.update(|times| *times += 1)),
        }
    }

    fn open(&self) {
        self.close();
        self.heard_at.set(now());
        // Refused only for an address that is none.
        let Ok(source) = EventSource::new(&self.address) else { return self.step(Input::Refused) };
        source.set_onopen(Some(self.on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(self.on_error.as_ref().unchecked_ref()));
        for event in EVENTS {
            // Fails for no name and no function.
            let _ = source.add_event_listener_with_callback(event, self.on_message.as_ref().unchecked_ref());
        }
        self.source.replace(Some(source));
    }

    /// After that the browser calls nothing of ours any more.
    fn close(&self) {
        if let Some(source) = self.source.take() {
            source.set_onopen(None);
            source.set_onerror(None);
            source.close();
        }
    }

    /// While it is CONNECTING the browser tries by itself; after a refusal it never does.
    fn broken(&self) {
        let is_closed =
            self.source.borrow().as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED);
        self.step(if is_closed { Input::Refused } else { Input::Broken });
    }

    fn look(&self) {
        self.step(if document().hidden() { Input::Hidden } else { Input::Shown });
    }

    fn hear(&self, message: &MessageEvent) {
        self.heard_at.set(now());
        let event = message.type_();
        if event == "end" {
            return self.step(Input::SignedOut);
        }
        let Some(text) = message.data().as_string() else { return };
        // What they do may add and remove listeners.
        let concerned: Vec<Handle> = self
            .listeners
            .borrow()
            .iter()
            .filter(|listener| listener.event == event)
            .map(|listener| listener.handle.clone())
            .collect();
        #[cfg(debug_assertions)]
        let _untracked = leptos::reactive::diagnostics::SpecialNonReactiveZone::enter();
        for handle in concerned {
            handle(&text);
        }
    }

    /// Nobody wants it any more.
    fn forget(&self) {
        self.close();
        // Dropped outside of the map.
        let _stream = STREAMS.with_borrow_mut(|streams| streams.remove(&self.address));
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close();
        for listener in self.window.take() {
            listener.remove();
        }
    }
}

/// What the browser calls; it does not keep the stream alive.
fn on(stream: &Weak<Stream>, act: impl Fn(&Stream) + 'static) -> impl Fn() + 'static {
    let stream = stream.clone();
    move || {
        if let Some(stream) = stream.upgrade() {
            act(&stream);
        }
    }
}

/// A timer that ends when it is dropped.
struct Timer {
    id: i32,
    is_repeated: bool,
    _call: Closure<dyn Fn()>,
}

impl Timer {
    fn once(wait: Duration, call: impl Fn() + 'static) -> Self {
        let call = Closure::<dyn Fn()>::new(call);
        let function = call.as_ref().unchecked_ref();
        let id = window().set_timeout_with_callback_and_timeout_and_arguments_0(function, milliseconds(wait));
        // Fails for no function; 0 is no timer's number.
        Self { id: id.unwrap_or_default(), is_repeated: false, _call: call }
    }

    fn every(wait: Duration, call: impl Fn() + 'static) -> Self {
        let call = Closure::<dyn Fn()>::new(call);
        let function = call.as_ref().unchecked_ref();
        let id =
            window().set_interval_with_callback_and_timeout_and_arguments_0(function, milliseconds(wait));
        Self { id: id.unwrap_or_default(), is_repeated: true, _call: call }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.is_repeated {
            window().clear_interval_with_handle(self.id);
        } else {
            window().clear_timeout_with_handle(self.id);
        }
    }
}

fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

/// In milliseconds since 1970.
fn now() -> f64 {
    js_sys::Date::now()
}

/// Half to all of it: a thousand pages do not come back at once.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(0.5 + js_sys::Math::random() / 2.0)
}
