use leptos::form::ActionForm;
use leptos::prelude::*;

use super::address::use_path_part;
use super::form::FormProblem;
use super::frame::{CompanyPage, Missing, Tab};
use super::offer_fields::OfferFields;
use crate::api::companies::OfCompany;
use crate::api::company_offers::{ChangeOffer, CompanyOffer, OfferEdit, WithdrawOffer, read_company_offer};
use crate::api::{ApiError, OfferStatus};
use crate::components::{Icon, Notice, OfferBadge, Skeleton, Submit, Time, awaited};
use crate::i18n::Lang;
use crate::preferences::use_lang;

/// An offer to change or to take back, while nobody has it.
#[component]
pub fn ManageOffer() -> impl IntoView {
    let text = use_lang();
    let (company, offer) = (use_path_part("company"), use_path_part("offer"));
    let loaded = Resource::new_blocking(
        move || (company.get(), offer.get()),
        |(company, offer)| read_company_offer(company, offer),
    );
    let change = ServerAction::<ChangeOffer>::new();
    let withdraw = ServerAction::<WithdrawOffer>::new();
    // It is not what it was.
    Effect::new(move || {
        let is_refused = |answer: &Option<Result<(), ApiError>>| {
            let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
            matches!(error, Some(ApiError::Refused(refusal)) if refusal.fields.is_empty())
        };
        // Both are heard, whichever was refused.
        let (change, withdraw) = (change.value().with(is_refused), withdraw.value().with(is_refused));
        if change || withdraw {
            loaded.refetch();
        }
    });
    view! {
        <CompanyPage title=text.manage_offer_title() tab=Tab::Offers loaded>
            <p class="mt-2">
                <a href=move || format!("/manage/{}/offers", company.get()) class="back-link">
                    {Icon::ArrowLeft.view("size-4")}
                    {text.manage_back_to_offers()}
                </a>
            </p>
            <div class="mt-4">
                <Transition fallback=|| view! { <Skeleton/> }>
                    {awaited(loaded, move |loaded| match loaded {
                        Ok(loaded) => view! { <Offer loaded change withdraw/> }.into_any(),
                        Err(error) => view! { <Missing error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </CompanyPage>
    }
}

#[component]
fn Offer(
    loaded: OfCompany<OfferEdit>,
    change: ServerAction<ChangeOffer>,
    withdraw: ServerAction<WithdrawOffer>,
) -> impl IntoView {
    let text = use_lang();
    let OfCompany { company, content: OfferEdit { offer, form } } = loaded;
    let CompanyOffer { id, when, service, price, duration, status, .. } = offer;
    let answer = change.value();
    let ids = (company.id.clone(), id.clone());
    let who_took = matches!(status, OfferStatus::Reserved | OfferStatus::Booked).then(|| {
        let bookings = format!("/manage/{}/bookings?from={}&to={}", company.id, when.date, when.date);
        view! { <a href=bookings class="link">{text.manage_who_took()}</a> }
    });
    let forms = if status == OfferStatus::Open {
        view! {
            <div class="sheet sheet-form mt-6">
                <ActionForm action=change attr:class="flex flex-col gap-5" attr:novalidate="">
                    <FormProblem action=change/>
                    <input type="hidden" name="company_id" value=company.id/>
                    <input type="hidden" name="offer_id" value=id/>
                    <OfferFields answer form place=company.place/>
                    <div>
                        <Submit
                            label=text.manage_save()
                            pending_label=text.manage_saving()
                            pending=change.pending()
                            class="btn btn-primary w-full sm:w-auto"
                        />
                    </div>
                </ActionForm>
            </div>
            <div class="mt-6 max-w-2xl">
                <FormProblem action=withdraw/>
                <details class="confirm">
                    <summary class="btn btn-outline">{Icon::Ban.view("size-4")} {text.manage_withdraw()}</summary>
                    <div class="confirm-body">
                        <p>{text.manage_withdraw_words()}</p>
                        <ActionForm action=withdraw>
                            <input type="hidden" name="company_id" value=ids.0/>
                            <input type="hidden" name="offer_id" value=ids.1/>
                            <Submit
                                label=text.manage_withdraw_confirm()
                                pending_label=text.manage_withdrawing()
                                pending=withdraw.pending()
                            />
                        </ActionForm>
                    </div>
                </details>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="mt-6 flex flex-col gap-3">
                <FormProblem action=change/>
                <FormProblem action=withdraw/>
                <Notice>
                    <p>{why_not(text, status)}</p>
                    {who_took}
                </Notice>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="sheet">
            <p class="text-heading wrap-anywhere">{service}</p>
            <p><Time when/></p>
            <p class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <OfferBadge status/>
                <span class="tabular-nums">{price}</span>
                <span class="text-muted">{duration}</span>
            </p>
        </div>
        {forms}
    }
}

fn why_not(text: Lang, status: OfferStatus) -> &'static str {
    match status {
        OfferStatus::Open => "",
        OfferStatus::Reserved => text.manage_not_open_reserved(),
        OfferStatus::Booked => text.manage_not_open_booked(),
        OfferStatus::Withdrawn => text.manage_not_open_withdrawn(),
        OfferStatus::Expired => text.manage_not_open_expired(),
    }
}
