-- People as the other services know them. The account itself (password, sessions) is Keycloak's.

create table profiles (
    -- the `sub` of the person's tokens
    user_id        uuid        primary key,
    -- not unique: the account server says whose it is, and may give it to another account later
    email          text        not null,
    first_name     text        not null,
    last_name      text        not null,
    phone          text,
    phone_verified boolean     not null default false,
    locale         text        not null default 'ru',
    time_zone      text        not null default 'Europe/Moscow',
    -- of when e-mail, names and locale are: an older token does not bring older ones back
    account_as_of  timestamptz not null,
    revision       bigint      not null default 1,
    constraint profiles_email_given check (email <> ''),
    constraint profiles_locale_known check (locale in ('ru', 'en')),
    constraint profiles_verified_phone_given check (phone is not null or not phone_verified)
);

create index profiles_email on profiles (email);

-- The code that a person was sent to show that a phone is his; at most one a person.
create table phone_codes (
    user_id    uuid        primary key references profiles,
    phone      text        not null,
    -- SHA-256 over person, phone and code
    digest     bytea       not null,
    tries      smallint    not null default 0,
    sent_at    timestamptz not null,
    expires_at timestamptz not null,
    constraint phone_codes_tries_limited check (tries between 0 and 5)
);
