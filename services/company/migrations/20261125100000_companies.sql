-- Companies, and who acts for them. The other services know both from what is published of every change.

create table companies (
    id                  uuid             primary key,
    name                text             not null,
    description         text,
    address             text             not null,
    phone               text             not null,
    email               text,
    lat                 double precision,
    lon                 double precision,
    time_zone           text             not null,
    free_until_hours    smallint         not null,
    late_refund_percent smallint         not null,
    active              boolean          not null default true,
    -- grows with every change, also of the members
    revision            bigint           not null default 1,
    created_at          timestamptz      not null default now(),
    constraint companies_name_given check (name <> ''),
    constraint companies_address_given check (address <> ''),
    constraint companies_place_whole check ((lat is null) = (lon is null)),
    constraint companies_place_on_earth check (lat between -90 and 90 and lon between -180 and 180),
    constraint companies_free_until_known check (free_until_hours between 0 and 720),
    constraint companies_late_refund_known check (late_refund_percent between 0 and 100)
);

create table members (
    company_id uuid        not null references companies,
    -- the `sub` of the person's tokens
    user_id    uuid        not null,
    role       text        not null,
    since      timestamptz not null default now(),
    primary key (company_id, user_id),
    constraint members_role_known check (role in ('owner', 'manager'))
);

create index members_user on members (user_id);
