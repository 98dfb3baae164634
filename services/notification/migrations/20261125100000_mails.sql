-- Who is told what of a booking, and whether the mail server has it: a mail is written down with the event
-- that asks for it, so that no crash and no outage loses it, and a repeated event finds its row.

create table mails (
    -- Its Message-ID is made of this, so that a repeat is known for one.
    id              uuid        primary key,
    booking_id      uuid        not null,
    outcome         text        not null constraint mails_outcome check (outcome in ('paid', 'failed', 'cancelled')),
    audience        text        not null constraint mails_audience check (audience in ('client', 'company')),
    user_id         uuid        not null,
    -- The event's payload: all that the mail says but names.
    booking         jsonb       not null,
    -- waiting: was due, and its reader's address was not known yet.
    state           text        not null default 'queued'
                                constraint mails_state check (state in ('queued', 'waiting', 'sent', 'failed')),
    -- Tries that did not hand it over, and those of them that were refusals for good.
    attempts        integer     not null default 0,
    refusals        integer     not null default 0,
    -- Also the end of the lease of whoever hands it over just now.
    next_attempt_at timestamptz not null default now(),
    last_error      text,
    causation_id    uuid        not null,
    traceparent     text        not null,
    created_at      timestamptz not null default now(),
    sent_at         timestamptz,
    constraint mails_once unique (booking_id, outcome, audience, user_id)
);

create index mails_due on mails (next_attempt_at) where state in ('queued', 'waiting');
create index mails_waiting on mails (user_id) where state = 'waiting';
create index mails_failed on mails (created_at) where state = 'failed';
create index mails_created_at on mails (created_at);
