-- A company reads its bookings, newest first.

create index bookings_of_company on bookings (company_id, created_at desc, id desc);
