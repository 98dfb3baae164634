-- Whoever signs up on the account server's own page is sent no mail by it that would show whose the e-mail is; he gets one
-- of us when he first comes, and others when he asks for them. Null where none went out, and for all who are here already:
-- whose e-mail is not verified yet gets one when he next comes.

alter table profiles add column verification_mail_at timestamptz;
