-- Whose money is where: wallets with a balance, a double-entry ledger of every transfer, what became of the
-- charge of each booking, and what a client reads about it. Amounts are minor units.

create table wallets (
    owner_kind text        not null,
    owner_id   uuid        not null,
    balance    bigint      not null default 0,
    -- one currency so far: a second one would become part of the key
    currency   text        not null default 'RUB',
    created_at timestamptz not null default now(),
    primary key (owner_kind, owner_id),
    constraint wallets_owner_kind_known check (owner_kind in ('client', 'company')),
    constraint wallets_balance_not_negative check (balance >= 0),
    constraint wallets_currency_known check (currency = 'RUB')
);

-- The entries of one transfer sum to 0, and so do all. Escrow and funding (where test money comes from) are
-- sums of entries and nothing else: a row with their balance would make all bookings wait for each other.
create table ledger_entries (
    id          bigint      generated always as identity primary key,
    transfer_id uuid        not null,
    account     text        not null,
    owner_id    uuid,
    amount      bigint      not null,
    booking_id  uuid,
    created_at  timestamptz not null default now(),
    constraint ledger_entries_account_known check (account in ('client', 'company', 'escrow', 'funding')),
    constraint ledger_entries_wallets_owned check ((account in ('client', 'company')) = (owner_id is not null)),
    constraint ledger_entries_amount_given check (amount <> 0)
);

-- What became of the charge of a booking. A row stays for ever: `voided` is what refuses a charge that
-- comes late.
create table charges (
    booking_id uuid        not null,
    user_id    uuid        not null,
    company_id uuid        not null,
    amount     bigint      not null,
    currency   text        not null,
    state      text        not null,
    -- how much of the amount the client got back; the company got the rest
    refund     bigint,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint charges_once_a_booking primary key (booking_id),
    constraint charges_amount_positive check (amount > 0),
    constraint charges_state_known check (state in ('charged', 'declined', 'voided', 'refunded', 'settled')),
    constraint charges_refund_of_refunded check ((state = 'refunded') = (refund is not null)),
    constraint charges_refund_within_amount check (refund between 0 and amount)
);

-- The lines of clients' statements, failed attempts among them.
create table transactions (
    id              uuid        primary key,
    user_id         uuid        not null,
    type            text        not null,
    status          text        not null,
    amount          bigint      not null,
    currency        text        not null,
    booking_id      uuid,
    reason          text,
    -- the client's name for a top-up that he wants once
    idempotency_key text,
    created_at      timestamptz not null default now(),
    constraint transactions_idempotency_key unique (user_id, idempotency_key),
    constraint transactions_type_known check (type in ('top_up', 'payment', 'refund')),
    constraint transactions_status_known check (status in ('completed', 'failed')),
    constraint transactions_failed_for_a_reason check (status <> 'failed' or reason is not null),
    constraint transactions_amount_positive check (amount > 0),
    constraint transactions_booking_known check ((type = 'top_up') = (booking_id is null))
);

create unique index transactions_once_a_booking on transactions (booking_id, type) where booking_id is not null;

create index transactions_newest on transactions (user_id, created_at desc, id desc);
