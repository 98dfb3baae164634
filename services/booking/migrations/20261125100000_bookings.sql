-- Offers, and the bookings that are made of them; beside them what `company` and `customer` have told, so that
-- searching and booking need nobody else.

-- A projection of `booksvc.company.events`.
create table companies (
    company_id          uuid     primary key,
    name                text     not null,
    description         text,
    address             text     not null,
    phone               text     not null,
    lat                 double precision,
    lon                 double precision,
    time_zone           text     not null,
    free_until_hours    smallint not null,
    late_refund_percent smallint not null,
    active              boolean  not null,
    revision            bigint   not null
);

create table members (
    company_id uuid not null references companies,
    user_id    uuid not null,
    role       text not null check (role in ('owner', 'manager')),
    primary key (company_id, user_id)
);

create index members_user on members (user_id);

-- A projection of `booksvc.customer.events`.
create table clients (
    user_id    uuid   primary key,
    email      text   not null,
    first_name text   not null,
    last_name  text   not null,
    phone      text,
    revision   bigint not null
);

create table offers (
    id           uuid        primary key,
    company_id   uuid        not null references companies,
    service_id   smallint    not null,
    -- the service's parent, or the service itself: a search for a parent is one index range
    category_id  smallint    not null,
    starts_at    timestamptz not null,
    duration_min integer     not null check (duration_min between 5 and 1440),
    price        bigint      not null check (price > 0),
    currency     text        not null,
    status       text        not null default 'open'
                 check (status in ('open', 'reserved', 'booked', 'withdrawn', 'expired')),
    description  text,
    revision     bigint      not null default 1,
    created_at   timestamptz not null default now()
);

-- What is withdrawn or expired does not stand in the way of another try.
create unique index offers_once on offers (company_id, service_id, starts_at)
    where status in ('open', 'reserved', 'booked');

-- Each search is one range of one of these.
create index offers_by_service on offers (service_id, starts_at, id) where status = 'open';
create index offers_by_category on offers (category_id, starts_at, id) where status = 'open';
create index offers_by_company on offers (company_id, starts_at, id) where status = 'open';
create index offers_soonest on offers (starts_at, id) where status = 'open';

-- What a company sees of its own.
create index offers_of_company on offers (company_id, starts_at, id);

create table bookings (
    id              uuid        primary key,
    offer_id        uuid        not null references offers,
    company_id      uuid        not null references companies,
    client_id       uuid        not null,
    service_id      smallint    not null,
    starts_at       timestamptz not null,
    duration_min    integer     not null,
    price           bigint      not null check (price > 0),
    currency        text        not null,
    -- name, place and policy as they were when the booking was made
    company         jsonb       not null,
    status          text        not null default 'reserved'
                    check (status in ('reserved', 'voiding', 'paid', 'refunding', 'failed', 'cancelled', 'completed', 'no_show')),
    reason          text,
    refund          bigint      check (refund between 0 and price),
    -- whom the outcome was told to, besides the client
    member_ids      uuid[]      not null default '{}',
    idempotency_key text,
    expected_price  bigint,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    -- when time itself moves it on, and how often it has done so in this state
    due_at          timestamptz,
    resent          smallint    not null default 0,
    revision        bigint      not null default 1,
    constraint bookings_idempotency_key unique (client_id, idempotency_key)
);

-- An offer is sold once, whatever the code above believes.
create unique index bookings_one_active on bookings (offer_id) where status not in ('failed', 'cancelled');

create index bookings_due on bookings (due_at) where due_at is not null;
create index bookings_of_client on bookings (client_id, created_at, id);
create index bookings_undecided on bookings (client_id) where status in ('reserved', 'voiding');
create index bookings_failed on bookings (client_id, updated_at) where status = 'failed';

create table timeline (
    id         bigint      generated always as identity primary key,
    booking_id uuid        not null references bookings,
    at         timestamptz not null,
    status     text        not null,
    actor      text        not null check (actor in ('client', 'company', 'system')),
    detail     text
);

create index timeline_of_booking on timeline (booking_id, at, id);
