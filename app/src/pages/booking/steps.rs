use leptos::prelude::*;

use crate::api::bookings::{Mark, StepView};
use crate::components::Icon;
use crate::preferences::use_lang;

/// What has happened, what is under way, and what is ahead, one under the other.
#[component]
pub fn StepList(steps: Vec<StepView>) -> impl IntoView {
    let text = use_lang();
    let step = |step: StepView| {
        let (class, icon, spoken) = match step.mark {
            Mark::Done => ("trail-done", Some(Icon::Check), text.step_done()),
            Mark::Bad => ("trail-bad", Some(Icon::X), text.step_bad()),
            Mark::Now => ("trail-now", None, text.step_now()),
            Mark::Ahead => ("trail-ahead", None, text.step_ahead()),
        };
        let is_now = step.mark == Mark::Now;
        let time = match (step.iso, step.time) {
            (Some(iso), Some(time)) if !is_now => {
                view! { <time datetime=iso class="text-sm whitespace-nowrap text-muted tabular-nums">{time}</time> }.into_any()
            }
            _ if is_now => view! { <span class="text-sm text-muted">{text.step_now_word()}</span> }.into_any(),
            _ => view! { <span></span> }.into_any(),
        };
        view! {
            <li class=class aria-current=is_now.then_some("step")>
                <span class="trail-mark">{icon.map(|icon| icon.view("size-3"))}</span>
                <span class="min-w-0">
                    <span class="sr-only">{spoken} " "</span>
                    {step.label}
                    {step
                        .detail
                        .map(|detail| {
                            view! { <span class="block text-sm text-muted wrap-anywhere" dir="auto">{detail}</span> }
                        })}
                </span>
                {time}
            </li>
        }
    };
    view! { <ol class="trail">{steps.into_iter().map(step).collect_view()}</ol> }
}
