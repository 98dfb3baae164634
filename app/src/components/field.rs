use leptos::prelude::*;

use super::Icon;
use crate::api::ApiError;

/// A labelled input with what is wrong with it.
///
/// `name` is the input's name in the form and, unless `id` is given, its id in the page.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    name: &'static str,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first, and again after a reset of the form.
    #[prop(into, optional)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    /// A line of help below.
    #[prop(into, optional)]
    hint: String,
    /// Where two forms of a page have a field of the same name.
    #[prop(into, optional)]
    id: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] maxlength: Option<u16>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional, into)] step: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let aid = FieldAid::new(&id, !hint.is_empty(), error);
    view! {
        <div class="field">
            <label for=id.clone() class="field-label">{label}</label>
            <input
                id=id
                name=name
                type=kind
                value=value
                class="input"
                required=required
                autocomplete=autocomplete
                inputmode=inputmode
                maxlength=maxlength.map(|length| length.to_string())
                min=min
                max=max
                step=step
                placeholder=placeholder
                aria-invalid=aid.invalid()
                aria-describedby=aid.described_by()
            />
            {aid.view(hint)}
        </div>
    }
}

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    name: &'static str,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] error: Signal<Option<String>>,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] id: Option<String>,
    #[prop(default = 4)] rows: u8,
    #[prop(optional)] maxlength: Option<u16>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let aid = FieldAid::new(&id, !hint.is_empty(), error);
    view! {
        <div class="field">
            <label for=id.clone() class="field-label">{label}</label>
            <textarea
                id=id
                name=name
                class="input py-2.5"
                rows=rows.to_string()
                maxlength=maxlength.map(|length| length.to_string())
                aria-invalid=aid.invalid()
                aria-describedby=aid.described_by()
            >
                {value}
            </textarea>
            {aid.view(hint)}
        </div>
    }
}

/// A labelled choice; the children are its `<option>`s.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    name: &'static str,
    #[prop(into, optional)] error: Signal<Option<String>>,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] id: Option<String>,
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let aid = FieldAid::new(&id, !hint.is_empty(), error);
    view! {
        <div class="field">
            <label for=id.clone() class="field-label">{label}</label>
            <select
                id=id
                name=name
                class="input select"
                aria-invalid=aid.invalid()
                aria-describedby=aid.described_by()
            >
                {children()}
            </select>
            {aid.view(hint)}
        </div>
    }
}

/// What stands below a field and belongs to it.
#[derive(Clone)]
struct FieldAid {
    hint_id: Option<String>,
    error_id: String,
    error: Signal<Option<String>>,
}

impl FieldAid {
    fn new(id: &str, has_hint: bool, error: Signal<Option<String>>) -> Self {
        let hint_id = has_hint.then(|| format!("{id}-hint"));
        FieldAid { hint_id, error_id: format!("{id}-error"), error }
    }

    fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Sync + use<> {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }

    fn described_by(&self) -> impl Fn() -> Option<String> + Send + Sync + use<> {
        let Self { hint_id, error_id, error } = self.clone();
        move || match (error.with(Option::is_some), &hint_id) {
            (true, Some(hint_id)) => Some(format!("{error_id} {hint_id}")),
            (true, None) => Some(error_id.clone()),
            (false, hint_id) => hint_id.clone(),
        }
    }

    fn view(self, hint: String) -> impl IntoView {
        let Self { hint_id, error_id, error } = self;
        let words = move || {
            error.get().map(|message| {
                view! {
                    <p id=error_id.clone() class="field-error">
                        {Icon::TriangleAlert.view("mt-0.5 size-4 shrink-0")}
                        <span>{message}</span>
                    </p>
                }
            })
        };
        let hint = hint_id.map(|id| view! { <p id=id class="text-sm text-muted">{hint}</p> });
        (hint, words)
    }
}

/// What the last answer of a form says against its field `name`; `answer` is the action's `value()`.
pub fn field_error<T: Send + Sync + 'static>(
    answer: impl With<Value = Option<Result<T, ApiError>>> + Send + Sync + 'static,
    name: &'static str,
) -> Signal<Option<String>> {
    Signal::derive(move || {
        answer.with(|answer| {
            let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
            error.and_then(|error| error.field(name)).map(str::to_owned)
        })
    })
}

/// What was typed into the field `name` when the form came back without JavaScript, else `otherwise`.
pub fn field_input<T: Send + Sync + 'static>(
    answer: impl WithUntracked<Value = Option<Result<T, ApiError>>>,
    name: &'static str,
    otherwise: &str,
) -> String {
    answer.with_untracked(|answer| {
        let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
        error.and_then(|error| error.input(name)).unwrap_or(otherwise).to_owned()
    })
}
