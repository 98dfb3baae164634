-- What forms are told that were sent without JavaScript. In the address of the page it would be too long: beyond 4 096
-- characters a browser does not say where it comes from, and a proxy may refuse it altogether.
create table form_answers (
    id         uuid        primary key,
    -- who sent the form
    person_id  text        not null,
    -- of the server function
    path       text        not null,
    -- version, nonce, ciphertext; bound to `id`. What was typed is in it.
    sealed     bytea       not null,
    created_at timestamptz not null default now()
);

create index form_answers_created_at on form_answers (created_at);
create index form_answers_of_person on form_answers (person_id, created_at);
