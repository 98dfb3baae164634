use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::A;

use super::form::FormProblem;
use super::zones::{ELSEWHERE, RUSSIA, USUAL, Zone};
use crate::api::companies::CreateCompany;
use crate::components::{Field, Icon, Page, Select, Submit, TextArea, field_error, field_input};
use crate::preferences::use_lang;

/// Opens a company; its first time comes next.
#[component]
pub fn NewCompany() -> impl IntoView {
    let text = use_lang();
    let create = ServerAction::<CreateCompany>::new();
    let answer = create.value();
    let zone = field_input(answer, "time_zone", USUAL);
    view! {
        <Page title=text.manage_create() description=text.manage_new_lead()>
            <div class="page-width pt-2 pb-16">
                <A href="/manage" {..} class="back-link">
                    {Icon::ArrowLeft.view("size-4")}
                    {text.manage_all()}
                </A>
                <h1 tabindex="-1" class="text-title mt-4">{text.manage_create()}</h1>
                <p class="mt-2 max-w-prose text-muted">{text.manage_new_lead()}</p>
                <div class="sheet sheet-form mt-8">
                    <ActionForm action=create attr:class="flex flex-col gap-5" attr:novalidate="">
                        <FormProblem action=create/>
                        <Field
                            label=text.manage_name()
                            name="name"
                            value=field_input(answer, "name", "")
                            error=field_error(answer, "name")
                            required=true
                            maxlength=100
                            autocomplete="organization"
                        />
                        <Field
                            label=text.manage_address()
                            name="address"
                            value=field_input(answer, "address", "")
                            error=field_error(answer, "address")
                            hint=text.manage_address_hint()
                            required=true
                            maxlength=300
                            autocomplete="street-address"
                        />
                        <div class="grid gap-5 sm:grid-cols-2">
                            <Field
                                label=text.manage_phone()
                                name="phone"
                                kind="tel"
                                value=field_input(answer, "phone", "")
                                error=field_error(answer, "phone")
                                required=true
                                autocomplete="tel"
                                maxlength=32
                            />
                            <Field
                                label=text.manage_email()
                                name="email"
                                kind="email"
                                value=field_input(answer, "email", "")
                                error=field_error(answer, "email")
                                hint=text.manage_email_hint()
                                autocomplete="email"
                            />
                        </div>
                        <TextArea
                            label=text.manage_description()
                            name="description"
                            value=field_input(answer, "description", "")
                            error=field_error(answer, "description")
                            maxlength=2000
                        />
                        <Select
                            label=text.manage_time_zone()
                            name="time_zone"
                            error=field_error(answer, "time_zone")
                            hint=text.manage_time_zone_hint()
                        >
                            <optgroup label=text.manage_zones_russia()>{options(&RUSSIA, &zone)}</optgroup>
                            <optgroup label=text.manage_zones_elsewhere()>{options(&ELSEWHERE, &zone)}</optgroup>
                        </Select>
                        <section aria-labelledby="policy" class="rounded-field bg-base-200 p-4">
                            <h2 id="policy" class="font-semibold">{text.manage_policy()}</h2>
                            <p class="mt-1 text-muted">{text.manage_policy_words(USUAL_POLICY.0, USUAL_POLICY.1)}</p>
                            <p class="text-muted">{text.manage_policy_of_company()}</p>
                        </section>
                        <div>
                            <Submit
                                label=text.manage_create()
                                pending_label=text.manage_creating()
                                pending=create.pending()
                                class="btn btn-primary w-full sm:w-auto"
                            />
                        </div>
                    </ActionForm>
                </div>
            </div>
        </Page>
    }
}

/// The policy of a company that has set none: hours before the start, and percent after that.
const USUAL_POLICY: (u16, u8) = (24, 0);

fn options(zones: &'static [Zone], chosen: &str) -> impl IntoView + use<> {
    let text = use_lang();
    let option = |zone: &'static Zone| {
        view! { <option value=zone.name selected=zone.name == chosen>{zone.label(text)}</option> }
    };
    zones.iter().map(option).collect_view()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use contracts::http::company::CancellationPolicy;

    use super::*;

    #[test]
    fn the_policy_that_is_explained_is_the_one_that_a_company_gets() {
        let policy = CancellationPolicy::default();
        assert_eq!(USUAL_POLICY, (policy.free_until_hours, policy.late_refund_percent));
    }
}
