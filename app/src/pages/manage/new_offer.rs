use leptos::form::ActionForm;
use leptos::prelude::*;

use super::address::{use_path_part, use_query_value};
use super::form::FormProblem;
use super::frame::{CompanyPage, Missing, Tab};
use super::offer_fields::{OfferFields, ServiceField};
use crate::api::companies::OfCompany;
use crate::api::company_offers::{OfferForm, PublishOffer, ServiceGroup, new_offer_form, service_groups};
use crate::components::{Notice, Skeleton, Submit, Tone, awaited_all};
use crate::preferences::use_lang;

/// Publishes an offer; `like` in the address names one to begin with.
#[component]
pub fn NewOffer() -> impl IntoView {
    let text = use_lang();
    let company = use_path_part("company");
    let (like, created) = (use_query_value("like"), use_query_value("created"));
    let loaded = Resource::new_blocking(
        move || (company.get(), like.get()),
        |(company, like)| new_offer_form(company, like),
    );
    let groups = Resource::new_blocking(|| (), |()| service_groups());
    let publish = ServerAction::<PublishOffer>::new();
    view! {
        <CompanyPage title=text.manage_publish() tab=Tab::Offers loaded>
            <p class="mt-2 max-w-prose text-muted">{text.manage_publish_lead()}</p>
            {move || {
                created
                    .with(|created| !created.is_empty())
                    .then(|| {
                        view! {
                            <div class="mt-4">
                                <Notice tone=Tone::Good title=text.manage_created_title()>
                                    <p>{text.manage_created()}</p>
                                </Notice>
                            </div>
                        }
                    })
            }}
            <div class="mt-6">
                <Transition fallback=|| view! { <Skeleton/> }>
                    {awaited_all(
                        move || async move { Ok((loaded.await?, groups.await?)) },
                        move |loaded| match loaded {
                            Ok((form, groups)) => view! { <Publish publish form groups/> }.into_any(),
                            Err(error) => view! { <Missing error/> }.into_any(),
                        },
                    )}
                </Transition>
            </div>
        </CompanyPage>
    }
}

#[component]
fn Publish(
    publish: ServerAction<PublishOffer>,
    form: OfCompany<OfferForm>,
    groups: Vec<ServiceGroup>,
) -> impl IntoView {
    let text = use_lang();
    let answer = publish.value();
    let OfCompany { company, content: form } = form;
    view! {
        <div class="sheet sheet-form">
            <ActionForm action=publish attr:class="flex flex-col gap-5" attr:novalidate="">
                <FormProblem action=publish/>
                <input type="hidden" name="company_id" value=company.id/>
                <ServiceField answer groups chosen=form.fields.service_id.clone()/>
                <OfferFields answer form place=company.place/>
                <div>
                    <Submit
                        label=text.manage_publish()
                        pending_label=text.manage_publishing()
                        pending=publish.pending()
                        class="btn btn-primary w-full sm:w-auto"
                    />
                </div>
            </ActionForm>
        </div>
    }
}
