-- Who is signed in with which browser, and what the portal calls the services with in his name.

create table sessions (
    -- SHA-256 of what the browser's cookie says: whoever reads this table can use none of its sessions
    id         bytea       primary key,
    data       jsonb       not null,
    expires_at timestamptz not null,
    constraint sessions_id_is_a_digest check (octet_length(id) = 32)
);

create index sessions_expires_at on sessions (expires_at);

-- Beside the session's record, not in it: a record is written whole and the last writer wins, while tokens change
-- one refresh after the other, under a lock.
create table session_tokens (
    session_id        bytea       primary key references sessions on delete cascade,
    -- version, nonce, ciphertext; bound to `session_id`
    sealed            bytea       not null,
    -- of the access token
    access_expires_at timestamptz not null
);

-- Sign-ins that have begun: what the account server's answer has to fit. Taken once.
create table login_attempts (
    -- goes to the account server and comes back with its answer
    state      text        primary key,
    -- SHA-256 of the cookie of the browser that began
    browser    bytea       not null,
    -- of PKCE, whose challenge the account server got
    verifier   text        not null,
    -- what the ID token must repeat
    nonce      text        not null,
    -- a path of ours
    return_to  text        not null,
    created_at timestamptz not null default now()
);

create index login_attempts_created_at on login_attempts (created_at);
