-- Whom a mail goes to: a projection of `booksvc.customer.events`, so that mails need nobody else.

create table contacts (
    user_id    uuid   primary key,
    email      text   not null,
    first_name text   not null,
    last_name  text   not null,
    locale     text   not null,
    revision   bigint not null
);
