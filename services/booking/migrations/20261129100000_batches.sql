-- Offers that were published together name their batch.

alter table offers add column batch_id uuid;

create index offers_of_batch on offers (company_id, batch_id, starts_at, id) where batch_id is not null;

-- As a path of the API.
alter table companies add column logo text;

-- A company's week: visits by when they begin.
create index bookings_by_visit on bookings (company_id, starts_at);

-- Those that wait for payment's answer, to be counted.
create index bookings_waiting on bookings (updated_at) where status in ('reserved', 'voiding', 'refunding');
