use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::owner::Owner;
use leptos::tachys::reactive_graph::OwnedView;

/// A view that comes when something is loaded. In boxes, so that the WASM has the code around it once and not for each page.
type Awaited = Box<dyn Fn() -> Suspend<OwnedView<AnyView>> + Send + Sync>;

/// What makes the view, once everything for it is there.
type Ready = Box<dyn FnOnce() -> AnyView + Send>;

/// What `view` makes of what `resource` has loaded, and again when it is loaded anew: for a `Transition` or a `Suspense`, in
/// place of a `Suspend` of one's own.
///
/// A `Suspend` that is asked anew gives up at once whatever it made for its last view, while a `Transition` goes on showing
/// that until there is another. Whoever then wakes a listener in it, with a filter, a stream or an answer, has it read a
/// signal that is gone, and the page dies of that. So each view here keeps what is its own for as long as it is shown.
pub fn awaited<T, V>(resource: Resource<T>, view: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> Awaited
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    awaited_all(move || async move { resource.await }, view)
}

/// The same for several resources: `load` awaits them.
pub fn awaited_all<F, V>(
    load: impl Fn() -> F + Clone + Send + Sync + 'static,
    view: impl Fn(F::Output) -> V + Clone + Send + Sync + 'static,
) -> Awaited
where
    F: Future<Output: Send + 'static> + Send + 'static,
    V: IntoView + 'static,
{
    Box::new(move || {
        let (load, view) = (load.clone(), view.clone());
        suspended(Box::pin(async move {
            let loaded = load().await;
            let ready: Ready = Box::new(move || view(loaded).into_any());
            ready
        }))
    })
}

fn suspended(loading: Pin<Box<dyn Future<Output = Ready> + Send>>) -> Suspend<OwnedView<AnyView>> {
    let keeper = keeper();
    Suspend::new(async move {
        let ready = loading.await;
        let owner = keeper.child();
        OwnedView::new_with_owner(owner.with(ready), owner)
    })
}

/// The owner of whatever stands around: it stays when the `Suspend` is asked anew. On the server nothing is.
fn keeper() -> Owner {
    let own = Owner::current().unwrap_or_default();
    if cfg!(feature = "ssr") { own } else { own.parent().unwrap_or(own) }
}
