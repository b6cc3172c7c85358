-- What people asked for about how they are written to; "told" is a JSON object of words, hours and ids.
create table @schema@.ledger_preference (
    debtor    text collate "C" not null,
    source_id text collate "C" not null,
    at        bigint not null,
    told      text not null,
    primary key (debtor, source_id)
);
