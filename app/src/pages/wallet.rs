use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::wallet::{LedgerLine, TopUp, WalletPage, read_wallet, uses_up_its_key};
use crate::components::{
    Empty, Icon, Money, Page, Problem, Skeleton, Time, TopUpForms, TopUpOutcome, awaited, set_status,
};
use crate::preferences::use_lang;

/// What the wallet holds, how to put more into it, and how it came to that.
#[component]
pub fn Wallet() -> impl IntoView {
    let text = use_lang();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor").unwrap_or_default()));
    let wallet = Resource::new_blocking(move || cursor.get(), read_wallet);
    let top_up = ServerAction::<TopUp>::new();
    Effect::new(move |_| {
        top_up.version().track();
        if top_up.value().get_untracked().is_some_and(|done| uses_up_its_key(&done)) {
            wallet.refetch();
        }
    });
    view! {
        <Page title=text.to_wallet() description=text.wallet_lead()>
            <div class="page-width flex flex-col gap-6 pb-16">
                <header class="pt-4">
                    <h1 tabindex="-1" class="text-title">{text.to_wallet()}</h1>
                    <p class="mt-2 text-muted">{text.wallet_lead()}</p>
                </header>
                <div class="outcomes">
                    <TopUpOutcome action=top_up/>
                </div>
                <Transition fallback=|| view! { <Skeleton rows=4/> }>
                    {awaited(wallet, move |page| match page {
                        Ok(page) => {
                            let is_first = cursor.with_untracked(String::is_empty);
                            view! { <Everything page is_first top_up/> }.into_any()
                        }
                        Err(error) => {
                            set_status(&error);
                            view! { <Problem error/> }.into_any()
                        }
                    })}
                </Transition>
            </div>
        </Page>
    }
}

#[component]
fn Everything(page: WalletPage, is_first: bool, top_up: ServerAction<TopUp>) -> impl IntoView {
    let text = use_lang();
    let WalletPage { balance, top_up_key, lines, next } = page;
    let history = if lines.is_empty() {
        view! { <Empty icon=Icon::Wallet title=text.wallet_nothing() words=text.wallet_nothing_lead()/> }
            .into_any()
    } else {
        let lines = lines.into_iter().map(|line| view! { <Line line/> }).collect_view();
        view! { <ul class="ledger">{lines}</ul> }.into_any()
    };
    view! {
        <div class="beside">
            <section aria-labelledby="history-title" class="flex min-w-0 flex-col gap-4">
                <h2 id="history-title" class="text-heading">{text.wallet_history()}</h2>
                {(!is_first).then(|| view! { <a href="/wallet" class="link">{text.wallet_newest()}</a> })}
                {history}
                {next
                    .map(|cursor| {
                        view! { <a href=format!("/wallet?cursor={cursor}") class="btn btn-outline self-center">{text.more()}</a> }
                    })}
            </section>
            <section aria-labelledby="balance-title" class="checkout -order-1 lg:order-none">
                <h2 id="balance-title" class="text-muted">{text.wallet_balance()}</h2>
                <p class="text-title"><Money amount=balance/></p>
                <TopUpForms action=top_up key=top_up_key/>
            </section>
        </div>
    }
}

#[component]
fn Line(line: LedgerLine) -> impl IntoView {
    let text = use_lang();
    let LedgerLine { kind, when, amount, is_failed, reason, booking_id, balance, .. } = line;
    let class = if is_failed { "text-muted line-through" } else { "font-semibold" };
    view! {
        <li class="ledger-line">
            <div class="min-w-0">
                <p class="font-semibold">{text.movement(kind)}</p>
                <p class="text-sm text-muted"><Time when/></p>
                {is_failed
                    .then(|| {
                        view! {
                            <p class="field-error">
                                {Icon::TriangleAlert.view("mt-0.5 size-4 shrink-0")}
                                <span>{text.wallet_failed()}</span>
                            </p>
                        }
                    })}
                {reason.map(|reason| view! { <p class="text-sm text-muted">{reason}</p> })}
                {booking_id
                    .map(|id| {
                        view! { <a href=format!("/bookings/{id}") class="link text-sm">{text.wallet_to_booking()}</a> }
                    })}
            </div>
            <div class="shrink-0 text-right">
                <p class=class><Money amount/></p>
                {balance
                    .map(|balance| {
                        view! {
                            <p class="text-sm text-muted">{text.wallet_after()} " " <Money amount=balance/></p>
                        }
                    })}
            </div>
        </li>
    }
}
