-- What a service needs to send and to receive messages without losing or repeating one.

create table outbox (
    seq          bigint      generated always as identity primary key,
    id           uuid        not null,
    topic        text        not null,
    key          text        not null,
    kind         text        not null,
    schema       smallint    not null,
    revision     bigint      not null,
    causation_id uuid,
    occurred_at  timestamptz not null default clock_timestamp(),
    traceparent  text,
    -- null makes a tombstone
    payload      text
);

-- Rows live for milliseconds; the planner must not learn that the table is empty, nor the table grow.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table inbox (
    message_id  uuid        primary key,
    received_at timestamptz not null default now()
);

create index inbox_received_at on inbox (received_at);

create table dead_letters (
    id          bigint      generated always as identity primary key,
    topic       text        not null,
    "partition" integer     not null,
    "offset"    bigint      not null,
    key         bytea,
    value       bytea,
    reason      text        not null,
    parked_at   timestamptz not null default now(),
    constraint dead_letters_once unique (topic, "partition", "offset")
);
