-- A company reads what it has earned, newest first.

create index ledger_entries_of_company on ledger_entries (owner_id, id desc) where account = 'company';
