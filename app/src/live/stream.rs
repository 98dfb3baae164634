use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use serde::de::DeserializeOwned;
use web_sys::{EventSource, MessageEvent};

use super::Connection;

/// How long to wait before a refused stream is asked for again: grows up to the second.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));

/// Keeps one stream open: to `address`, newly whenever that changes, and none while it is `None`.
pub fn open<T: DeserializeOwned + 'static>(
    address: Signal<Option<String>>,
    event: &'static str,
    handle: impl Fn(T) + 'static,
) -> Signal<Connection> {
    let connection = RwSignal::new(Connection::default());
    let stream = Rc::new(Stream {
        event,
        connection,
        on_message: Closure::new(move |message: MessageEvent| {
            let Some(text) = message.data().as_string() else { return };
            match serde_json::from_str(&text) {
                Ok(change) => handle(change),
                Err(error) => leptos::logging::warn!("a message of the stream cannot be read: {error}"),
            }
        }),
        open: RefCell::new(None),
    });
    let stream = StoredValue::new_local(stream);
    Effect::new(move || {
        let address = address.get();
        stream.with_value(|stream| stream.clone().follow(address, RETRY.0));
    });
    let offline = window_event_listener(ev::offline, move |_| connection.set(Connection::Offline));
    on_cleanup(move || {
        offline.remove();
        stream.with_value(|stream| stream.close());
    });
    connection.into()
}

struct Stream {
    event: &'static str,
    connection: RwSignal<Connection>,
    on_message: Closure<dyn Fn(MessageEvent)>,
    open: RefCell<Option<Open>>,
}

/// An `EventSource` with what it calls; the browser keeps only references to those.
struct Open {
    source: EventSource,
    _on_open: Closure<dyn Fn()>,
    _on_error: Closure<dyn Fn()>,
    /// A new try that is under way.
    retry: Rc<RefCell<Option<TimeoutHandle>>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
        if let Some(retry) = self.retry.borrow_mut().take() {
            retry.clear();
        }
    }
}

impl Stream {
    fn close(&self) {
        self.open.borrow_mut().take();
    }

    fn follow(self: Rc<Self>, address: Option<String>, wait: Duration) {
        self.close();
        let Some(address) = address else { return };
        let Ok(source) = EventSource::new(&address) else { return };
        let connection = self.connection;
        let on_open = Closure::<dyn Fn()>::new(move || connection.set(Connection::Live));
        let retry = Rc::new(RefCell::new(None));
        let on_error = {
            let (stream, source, retry) = (Rc::downgrade(&self), source.clone(), retry.clone());
            Closure::<dyn Fn()>::new(move || {
                connection.set(Connection::Reconnecting);
                // While it is CONNECTING the browser tries by itself; after a refusal (503) it never does.
                if source.ready_state() != EventSource::CLOSED {
                    return;
                }
                let (stream, address) = (stream.clone(), address.clone());
                let again = move || {
                    if let Some(stream) = stream.upgrade() {
                        stream.follow(Some(address), (wait * 2).min(RETRY.1));
                    }
                };
                *retry.borrow_mut() = set_timeout_with_handle(again, jittered(wait)).ok();
            })
        };
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // Refused only for a source that is gone.
        let _ = source.add_event_listener_with_callback(self.event, self.on_message.as_ref().unchecked_ref());
        *self.open.borrow_mut() = Some(Open { source, _on_open: on_open, _on_error: on_error, retry });
    }
}

/// Half to all of it: a thousand pages do not come back at once.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(0.5 + js_sys::Math::random() / 2.0)
}
