-- People who are asked to act for a company, and how a company looks.

create table invitations (
    id          uuid        primary key,
    company_id  uuid        not null references companies,
    -- lower case
    email       text        not null,
    role        text        not null,
    -- SHA-256 of the 32 random bytes that only the mail has
    token_hash  bytea       not null,
    invited_by  uuid        not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null default now() + interval '7 days',
    accepted_by uuid,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    constraint invitations_role_known check (role in ('owner', 'manager')),
    constraint invitations_token unique (token_hash),
    constraint invitations_token_whole check (octet_length(token_hash) = 32),
    constraint invitations_accepted_whole check ((accepted_by is null) = (accepted_at is null)),
    constraint invitations_end_once check (accepted_at is null or revoked_at is null)
);

-- Nobody has two letters of one company that both count.
create unique index invitations_pending on invitations (company_id, email)
    where accepted_at is null and revoked_at is null;

create index invitations_expired on invitations (expires_at);

-- How many were sent lately.
create index invitations_of_company on invitations (company_id, created_at);
create index invitations_of_inviter on invitations (invited_by, created_at);
create index invitations_to_address on invitations (email, created_at);

create table logos (
    company_id uuid        primary key references companies,
    -- SHA-256 of the image, in hexadecimal: its name in the address under which it never changes
    hash       text        not null,
    -- 512 by 512
    png        bytea       not null,
    changed_at timestamptz not null default now()
);
