-- Reminders wait until they are due, and go with their booking; then they are mails like others. And mails of a
-- second kind: invitations, to an address instead of a person.

create table reminders (
    -- becomes the mail's
    id           uuid        primary key,
    booking_id   uuid        not null,
    outcome      text        not null constraint reminders_outcome check (outcome in ('reminder_24h', 'reminder_2h')),
    user_id      uuid        not null,
    booking      jsonb       not null,
    due_at       timestamptz not null,
    -- behind it the reminder would come too late to be one
    useful_until timestamptz not null,
    causation_id uuid        not null,
    traceparent  text        not null,
    constraint reminders_once unique (booking_id, outcome)
);

create index reminders_due on reminders (due_at);
create index reminders_user on reminders (user_id);

alter table mails
    drop constraint mails_state,
    add constraint mails_state check (state in ('queued', 'waiting', 'sent', 'failed', 'withdrawn')),
    drop constraint mails_outcome,
    add constraint mails_outcome
        check (outcome in ('paid', 'failed', 'cancelled', 'reminder_24h', 'reminder_2h')),
    alter booking_id drop not null,
    alter outcome drop not null,
    alter audience drop not null,
    alter user_id drop not null,
    alter booking drop not null,
    add invitation_id uuid constraint mails_invitation_once unique,
    -- the event's payload; without the token when the mail is out
    add invitation jsonb,
    -- behind it the mail says nothing true any more, and does not go out
    add useful_until timestamptz,
    add constraint mails_about_one check (
        case
            when invitation_id is null
            then num_nulls(booking_id, outcome, audience, user_id, booking) = 0 and invitation is null
            else num_nonnulls(booking_id, outcome, audience, user_id, booking) = 0 and invitation is not null
        end
    );

-- The language of somebody who is invited, if we know him.
create index contacts_email on contacts (email);
