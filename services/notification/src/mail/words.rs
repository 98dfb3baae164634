//! The texts, in every language.

use contracts::format;
use contracts::http::booking::OfferStatus;
use contracts::http::company::Role;
use contracts::locale::Locale;
use contracts::messages::booking::BookingChanged;
use contracts::messages::notification::{Audience, Outcome};
use contracts::money::Money;

use super::{Invitation, Mail};

/// All that is to be read in one mail.
pub struct Words {
    pub subject: String,
    pub headline: &'static str,
    pub good_news: bool,
    pub greeting: String,
    pub sentences: Vec<String>,
    /// What, when, where, how much: names and values.
    pub facts: Vec<(&'static str, String)>,
    pub button: &'static str,
    pub footer: &'static str,
}

/// Why it did not come to the service. The names are those of `booking`; one that we do not know is not printed.
enum Reason {
    InsufficientFunds,
    TimedOut,
    ByClient,
    ByCompany,
    Other,
}

impl Reason {
    fn of(booking: &BookingChanged) -> Self {
        match booking.reason.as_deref() {
            Some("insufficient_funds") => Self::InsufficientFunds,
            Some("timed_out") => Self::TimedOut,
            Some("cancelled_by_client") => Self::ByClient,
            Some("cancelled_by_company") => Self::ByCompany,
            Some(_) | None => Self::Other,
        }
    }
}

impl Words {
    pub fn of(mail: &Mail<'_>) -> Self {
        let Mail { outcome, audience, locale, booking, .. } = *mail;
        let service = match locale {
            Locale::Ru => &booking.service.name_ru,
            Locale::En => &booking.service.name_en,
        };
        let headline = headline(locale, audience, outcome);
        let when = format::short_when(locale, booking.starts_at, &booking.company.time_zone);
        let (button, footer) = match locale {
            Locale::Ru => {
                ("Открыть запись", "Это письмо отправлено автоматически, отвечать на него не нужно.")
            }
            Locale::En => {
                ("Open the booking", "This mail was sent automatically; there is no need to answer.")
            }
        };
        Self {
            subject: one_line(&format!("{headline}: {service}, {when}")),
            headline,
            good_news: match outcome {
                Outcome::Paid | Outcome::Reminder24h | Outcome::Reminder2h => true,
                Outcome::Failed | Outcome::Cancelled => false,
            },
            greeting: greeting(locale, mail.reader),
            sentences: match outcome {
                Outcome::Paid => vec![paid(locale, audience).to_owned()],
                Outcome::Failed => failed(locale, audience, booking),
                Outcome::Cancelled => cancelled(locale, audience, booking),
                Outcome::Reminder24h | Outcome::Reminder2h => vec![reminder(locale).to_owned()],
            },
            facts: facts(mail, service),
            button,
            footer,
        }
    }
}

impl Words {
    pub fn of_invitation(letter: &Invitation<'_>) -> Self {
        let Invitation { locale, invitation, .. } = *letter;
        let company = one_line(&invitation.company_name);
        let inviter = one_line(&invitation.inviter);
        let (role, subject, invited) = match locale {
            Locale::Ru => {
                let role = match invitation.role {
                    Role::Owner => "владелец",
                    Role::Manager => "менеджер",
                };
                let invited = match inviter.as_str() {
                    "" => format!("Вас приглашают вести в BookSvc компанию {company}."),
                    inviter => format!("{inviter} приглашает вас вести в BookSvc компанию {company}."),
                };
                (role, format!("Приглашение в команду: {company}"), invited)
            }
            Locale::En => {
                let role = match invitation.role {
                    Role::Owner => "owner",
                    Role::Manager => "manager",
                };
                let invited = match inviter.as_str() {
                    "" => format!("You are invited to run {company} on BookSvc."),
                    inviter => format!("{inviter} invites you to run {company} on BookSvc."),
                };
                (role, format!("Invitation to {company}"), invited)
            }
        };
        let until = format::day_of(locale, invitation.expires_at);
        Self {
            subject,
            headline: of(locale, "Приглашение в команду", "Invitation to a team"),
            good_news: true,
            greeting: greeting(locale, letter.reader),
            sentences: vec![
                invited,
                of(
                    locale,
                    "Ссылка личная: кто откроет её и войдёт, тот и станет участником.",
                    "The link is personal: whoever opens it and signs in becomes a member.",
                )
                .to_owned(),
            ],
            facts: vec![
                (of(locale, "Компания", "Company"), company),
                (of(locale, "Роль", "Role"), role.to_owned()),
                (of(locale, "Действует до", "Valid until"), until),
            ],
            button: of(locale, "Принять приглашение", "Accept the invitation"),
            footer: of(
                locale,
                "Если вы не ждали приглашения, просто удалите это письмо.",
                "If you did not expect an invitation, just delete this mail.",
            ),
        }
    }
}

fn reminder(locale: Locale) -> &'static str {
    of(
        locale,
        "Напоминаем о вашей записи. Если планы изменились, отмените её по ссылке ниже.",
        "This is a reminder of your booking. If your plans have changed, cancel it with the link below.",
    )
}

fn headline(locale: Locale, audience: Audience, outcome: Outcome) -> &'static str {
    let (ru, en) = match (audience, outcome) {
        (Audience::Client, Outcome::Paid) => ("Вы записаны", "You are booked"),
        (Audience::Client, Outcome::Failed) => ("Записаться не удалось", "Your booking did not work out"),
        (Audience::Client, Outcome::Cancelled) => ("Запись отменена", "Your booking is cancelled"),
        (Audience::Company, Outcome::Paid) => ("Новая запись", "New booking"),
        (Audience::Company, Outcome::Failed) => ("Запись не состоялась", "A booking did not work out"),
        (Audience::Company, Outcome::Cancelled) => ("Запись отменена", "A booking is cancelled"),
        (_, Outcome::Reminder24h) => ("До визита остались сутки", "Your visit is a day away"),
        (_, Outcome::Reminder2h) => ("До визита осталось два часа", "Your visit is two hours away"),
    };
    of(locale, ru, en)
}

fn greeting(locale: Locale, name: &str) -> String {
    match (locale, one_line(name).trim()) {
        (Locale::Ru, "") => "Здравствуйте!".to_owned(),
        (Locale::Ru, name) => format!("Здравствуйте, {name}!"),
        (Locale::En, "") => "Hello,".to_owned(),
        (Locale::En, name) => format!("Hello {name},"),
    }
}

fn paid(locale: Locale, audience: Audience) -> &'static str {
    match audience {
        Audience::Client => of(
            locale,
            "Оплата прошла, время закреплено за вами.",
            "Your payment went through, and the time is yours.",
        ),
        Audience::Company => {
            of(locale, "Клиент записался и оплатил запись.", "A client has booked and paid.")
        }
    }
}

fn failed(locale: Locale, audience: Audience, booking: &BookingChanged) -> Vec<String> {
    let (why, money) = match (audience, Reason::of(booking)) {
        (Audience::Client, Reason::InsufficientFunds) => (
            of(locale, "На вашем кошельке не хватило денег.", "There was not enough money in your wallet."),
            of(locale, "Ничего не списано.", "Nothing was charged."),
        ),
        (Audience::Client, Reason::TimedOut) => (
            of(
                locale,
                "Оплата не подтвердилась вовремя, и мы её отменили.",
                "The payment was not confirmed in time, and we called it off.",
            ),
            of(
                locale,
                "Если деньги успели списаться, они уже вернулись на ваш кошелёк.",
                "If money was taken, it is already back in your wallet.",
            ),
        ),
        (Audience::Client, Reason::ByClient | Reason::ByCompany | Reason::Other) => (
            of(locale, "Оплата не прошла.", "The payment did not go through."),
            of(
                locale,
                "Ничего не списано, или деньги уже вернулись на ваш кошелёк.",
                "Nothing was charged, or the money is already back in your wallet.",
            ),
        ),
        (Audience::Company, Reason::InsufficientFunds) => (
            of(locale, "Клиенту не хватило денег.", "The client did not have enough money."),
            of(locale, "Оплаты не было.", "Nothing was paid."),
        ),
        (Audience::Company, Reason::TimedOut) => (
            of(
                locale,
                "Оплата клиента не подтвердилась вовремя, и мы её отменили.",
                "The client's payment was not confirmed in time, and we called it off.",
            ),
            of(locale, "Деньги остались у клиента.", "The client has the money."),
        ),
        (Audience::Company, Reason::ByClient | Reason::ByCompany | Reason::Other) => (
            of(locale, "Оплата клиента не прошла.", "The client's payment did not go through."),
            of(locale, "Деньги остались у клиента.", "The client has the money."),
        ),
    };
    let slot = slot(locale, audience, booking.offer_status);
    [Some(why), Some(money), slot].into_iter().flatten().map(str::to_owned).collect()
}

fn cancelled(locale: Locale, audience: Audience, booking: &BookingChanged) -> Vec<String> {
    let who = match (audience, Reason::of(booking)) {
        (Audience::Client, Reason::ByClient) => {
            Some(of(locale, "Вы отменили эту запись.", "You cancelled this booking."))
        }
        (Audience::Client, Reason::ByCompany) => {
            Some(of(locale, "Компания отменила эту запись.", "The company cancelled this booking."))
        }
        (Audience::Company, Reason::ByClient) => {
            Some(of(locale, "Клиент отменил эту запись.", "The client cancelled this booking."))
        }
        (Audience::Company, Reason::ByCompany) => {
            Some(of(locale, "Ваша компания отменила эту запись.", "Your company cancelled this booking."))
        }
        (_, Reason::InsufficientFunds | Reason::TimedOut | Reason::Other) => None,
    };
    let slot = match audience {
        Audience::Client => None,
        Audience::Company => slot(locale, audience, booking.offer_status),
    };
    let sentences = [
        who.map(str::to_owned),
        booking.words.as_deref().map(|words| quoted(locale, words)),
        Some(refund(locale, audience, booking)),
        slot.map(str::to_owned),
    ];
    sentences.into_iter().flatten().collect()
}

/// What a person wrote, in marks that tell it from what we say.
fn quoted(locale: Locale, words: &str) -> String {
    let words = one_line(words);
    match locale {
        Locale::Ru => format!("Причина: «{words}»"),
        Locale::En => format!("Reason: “{words}”"),
    }
}

fn refund(locale: Locale, audience: Audience, booking: &BookingChanged) -> String {
    let amount = |amount| format::price(locale, amount, booking.currency);
    let price = amount(booking.price);
    match (audience, booking.refund) {
        (Audience::Client, None) => of(
            locale,
            "Ничего не списано, или деньги уже вернулись на ваш кошелёк.",
            "Nothing was charged, or the money is already back in your wallet.",
        )
        .to_owned(),
        (Audience::Client, Some(Money::ZERO)) => of(
            locale,
            "По условиям отмены деньги не возвращаются.",
            "Under the cancellation policy no money comes back.",
        )
        .to_owned(),
        (Audience::Client, Some(refund)) if refund == booking.price => match locale {
            Locale::Ru => format!("Вся сумма, {price}, вернулась на ваш кошелёк."),
            Locale::En => format!("The full {price} is back in your wallet."),
        },
        (Audience::Client, Some(refund)) => {
            let refund = amount(refund);
            match locale {
                Locale::Ru => format!("По условиям отмены на ваш кошелёк вернулось {refund} из {price}."),
                Locale::En => {
                    format!("Under the cancellation policy {refund} of {price} is back in your wallet.")
                }
            }
        }
        (Audience::Company, None) => of(locale, "Оплаты не было.", "Nothing was paid.").to_owned(),
        (Audience::Company, Some(Money::ZERO)) => match locale {
            Locale::Ru => format!("По условиям отмены {price} остаётся вам."),
            Locale::En => format!("Under the cancellation policy {price} stays with you."),
        },
        (Audience::Company, Some(refund)) if refund == booking.price => match locale {
            Locale::Ru => format!("Вся сумма, {price}, вернулась клиенту."),
            Locale::En => format!("The full {price} went back to the client."),
        },
        (Audience::Company, Some(refund)) => {
            let (rest, refund) = (amount(booking.price - refund), amount(refund));
            match locale {
                Locale::Ru => format!("По условиям отмены клиенту вернулось {refund}, вам остаётся {rest}."),
                Locale::En => format!(
                    "Under the cancellation policy {refund} went back to the client, {rest} stays with you."
                ),
            }
        }
    }
}

/// What has become of the time; nothing when somebody else has it already.
fn slot(locale: Locale, audience: Audience, status: OfferStatus) -> Option<&'static str> {
    match (status, audience) {
        (OfferStatus::Open, Audience::Client) => Some(of(
            locale,
            "Это время снова свободно, можно записаться ещё раз.",
            "The time is free again, so you can try once more.",
        )),
        (OfferStatus::Open, Audience::Company) => {
            Some(of(locale, "Время снова открыто для записи.", "The time is open for booking again."))
        }
        (OfferStatus::Withdrawn | OfferStatus::Expired, Audience::Company) => {
            Some(of(locale, "Время больше не предлагается.", "The time is not offered any more."))
        }
        (OfferStatus::Withdrawn | OfferStatus::Expired, Audience::Client)
        | (OfferStatus::Reserved | OfferStatus::Booked, _) => None,
    }
}

fn facts(mail: &Mail<'_>, service: &str) -> Vec<(&'static str, String)> {
    let Mail { locale, audience, booking, .. } = *mail;
    let company = &booking.company;
    let (client, phone) = match audience {
        Audience::Client => (None, Some(company.phone.clone())),
        Audience::Company => (mail.client.map(str::to_owned), None),
    };
    let when = format::when(locale, booking.starts_at, &company.time_zone);
    let facts = [
        (of(locale, "Услуга", "Service"), Some(service.to_owned())),
        (of(locale, "Когда", "When"), Some(when)),
        (of(locale, "Длительность", "Duration"), Some(format::duration(locale, booking.duration_min))),
        (of(locale, "Клиент", "Client"), client),
        (of(locale, "Компания", "Company"), Some(company.name.clone())),
        (of(locale, "Адрес", "Address"), Some(company.address.clone())),
        (of(locale, "Телефон", "Phone"), phone),
        (of(locale, "Стоимость", "Price"), Some(format::price(locale, booking.price, booking.currency))),
        (of(locale, "Номер записи", "Booking number"), Some(booking.booking_id.to_string())),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, one_line(&value?)))).collect()
}

fn of(locale: Locale, ru: &'static str, en: &'static str) -> &'static str {
    match locale {
        Locale::Ru => ru,
        Locale::En => en,
    }
}

/// A header, a fact and a quotation have one line, whatever people wrote.
fn one_line(text: &str) -> String {
    let breaks_lines =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    text.chars().map(|character| if breaks_lines(character) { ' ' } else { character }).collect()
}
