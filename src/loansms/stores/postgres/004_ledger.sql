-- The contact ledger: attempts, registers, journal, vault and queue; the rules are those of loansms.stores.decide.
--
-- Times are whole microseconds since 1970-01-01T00:00Z. No column holds a phone, a name, a text or a code in the clear:
-- "wrapped" and "value" are sealed, "tag" and "number" are keyed. Text sorts by its bytes, as in every other store.
--
-- Who decides about debtors first takes their advisory locks (loansms.stores.postgres.session), and only then reads:
-- at READ COMMITTED each statement sees what was committed before it began. What those locks do not cover is held by
-- the two triggers below.

create table @schema@.attempt (
    step_key            text collate "C" primary key,
    debtor              text collate "C" not null,
    borrower_id         text not null,
    loan_id             text,
    step                text not null,
    due_on              text,
    recipient           text not null,
    purpose             text not null,
    channel             text not null,
    template            text not null,
    fingerprint         text not null,
    at                  bigint not null,
    versions            text not null,
    state               text collate "C" not null,
    lease_until         bigint not null,
    tries               integer not null,
    finished_at         bigint,
    provider_message_id text collate "C",
    code                text not null,
    delivery            text,
    delivery_at         bigint,
    delivery_code       text not null,
    token               text not null,
    tenant              text not null,
    stage               text not null,
    route               text not null,
    segments            integer not null,
    number              text not null
);
create index attempt_debtor on @schema@.attempt (debtor, at);
-- Partial: these hold only what a sweep or a receipt looks for.
create index attempt_lease on @schema@.attempt (lease_until) where state = 'attempting';
create index attempt_provider_id on @schema@.attempt (provider_message_id) where provider_message_id is not null;

-- A step changes hands only where it was definitely not sent. Two claims of one step key for different debtors share no
-- lock, and a late answer may settle a step between a claim's look and its commit: the second to commit ends here.
create function @schema@.held() returns trigger
language plpgsql volatile security invoker as $$
begin
    raise exception 'the step is in other hands' using errcode = 'serialization_failure';
end $$;
create trigger attempt_held before update on @schema@.attempt for each row
    when (old.token <> new.token and old.state <> 'rejected_retryable')
    execute function @schema@.held();

create table @schema@.contact (
    debtor    text collate "C" not null,
    source_id text collate "C" not null,
    channel   text not null,
    at        bigint not null,
    kind      text not null,
    purpose   text,
    loan_id   text,
    primary key (debtor, source_id)
);
create index contact_debtor on @schema@.contact (debtor, at);

create table @schema@.suppression (
    debtor   text collate "C" not null,
    code     text collate "C" not null,
    at       bigint not null,
    until    bigint,
    purposes text,
    primary key (debtor, code)
);

-- '' stands for "no due date": a null would make two equal marks differ.
create table @schema@.deferred (
    debtor  text collate "C" not null,
    loan_id text collate "C" not null,
    step    text collate "C" not null,
    due_on  text collate "C" not null,
    until   bigint not null,
    primary key (debtor, loan_id, step, due_on)
);

create table @schema@.audit (
    id      bigint generated always as identity primary key,
    at      bigint not null,
    "by"    text not null,
    act     text not null,
    subject text not null,
    detail  text not null
);

create table @schema@.ledger_consent (
    debtor       text collate "C" not null,
    source_id    text collate "C" not null,
    at           bigint not null,
    purposes     text not null,
    channels     text not null,
    scopes       text not null,
    text_version text not null,
    source       text not null,
    evidence     text not null,
    given_to     text not null,
    expires_at   bigint,
    primary key (debtor, source_id)
);

create table @schema@.ledger_revocation (
    debtor    text collate "C" not null,
    source_id text collate "C" not null,
    at        bigint not null,
    purposes  text not null,
    channels  text not null,
    scopes    text not null,
    primary key (debtor, source_id)
);

create table @schema@.ledger_hold (
    debtor      text collate "C" not null,
    source_id   text collate "C" not null,
    kind        text not null,
    until       text,
    loan_id     text,
    at          bigint not null,
    released_at bigint,
    primary key (debtor, source_id)
);

create table @schema@.ledger_payment (
    debtor    text collate "C" not null,
    source_id text collate "C" not null,
    loan_id   text not null,
    amount    text not null,
    currency  text not null,
    at        bigint not null,
    primary key (debtor, source_id)
);

create table @schema@.ledger_part (
    provider_id text collate "C" primary key,
    step_key    text collate "C" not null,
    status      text
);
create index ledger_part_step on @schema@.ledger_part (step_key);

create table @schema@.ledger_stop (
    scope text collate "C" not null,
    named text collate "C" not null,
    at    bigint not null,
    "by"  text not null,
    why   text not null,
    primary key (scope, named)
);
-- Claims share this lock from before they read the brakes until they are committed; so once a stop is recorded, nothing
-- is claimed any more that had not seen it.
create function @schema@.halt() returns trigger
language plpgsql volatile security invoker as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('loansms ledger @schema@'), -1);
    return null;
end $$;
create trigger ledger_stop_halt before insert on @schema@.ledger_stop for each statement
    execute function @schema@.halt();

-- "place", "hash" and "chain" are the sealer's.
create table @schema@.ledger_entry (
    number   bigint generated always as identity primary key,
    at       bigint not null,
    kind     text not null,
    debtor   text collate "C" not null,
    loan_id  text collate "C" not null,
    step_key text not null,
    data     text not null,
    place    bigint,
    hash     bytea,
    chain    bytea
);
create index ledger_entry_debtor on @schema@.ledger_entry (debtor, number);
create index ledger_entry_loan on @schema@.ledger_entry (loan_id, number);
create unique index ledger_entry_place on @schema@.ledger_entry (place) where place is not null;
create index ledger_entry_unsealed on @schema@.ledger_entry (number) where place is null;

create table @schema@.ledger_seal (
    size      bigint primary key,
    root      bytea not null,
    chain     bytea not null,
    at        bigint not null,
    suite     text not null,
    key_id    text not null,
    signature bytea not null,
    frontier  bytea not null,
    stamp     bytea not null,
    previous  bytea not null
);

create table @schema@.ledger_cursor (
    reader text collate "C" primary key,
    place  bigint not null
);

create table @schema@.ledger_key (
    subject text collate "C" primary key,
    suite   text not null,
    kek_id  text not null,
    wrapped bytea not null
);

create table @schema@.ledger_sealed (
    subject    text collate "C" not null,
    name       text collate "C" not null,
    in_row     text collate "C" not null,
    value      bytea not null,
    at         bigint not null,
    keep_until bigint,
    primary key (subject, in_row, name)
);
create index ledger_sealed_ends on @schema@.ledger_sealed (keep_until) where keep_until is not null;

create table @schema@.ledger_tag (
    tag     text collate "C" not null,
    subject text collate "C" not null,
    primary key (tag, subject)
);
create index ledger_tag_subject on @schema@.ledger_tag (subject);

create table @schema@.ledger_job (
    step_key    text collate "C" primary key,
    tenant      text not null,
    borrower_id text not null,
    loan_id     text not null,
    priority    integer not null,
    not_before  bigint not null,
    deadline    bigint,
    token       text not null default '',
    lease_until bigint not null default 0
);
create index ledger_job_turn on @schema@.ledger_job (priority desc, not_before, step_key);

-- A batch of claims in one trip: under the locks of its debtors this raises LS001 unless every claim is certain to be
-- taken whatever `decide` would look at, so that the rows behind it in the same trip may be written. p_asked lists
-- [step key, debtor, most contacts the debtor may have had since p_since]; p_facts is the oldest state of a loan.
-- Scalar subqueries, not EXISTS: each is one look into an index, which no plan for many rows replaces.
create function @schema@.plainly(p_asked jsonb, p_now bigint, p_since bigint, p_facts bigint) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from @schema@.ledger_stop)
        or exists (select from @schema@.attempt where state = 'attempting' and lease_until <= p_now)
        or exists (
            select from jsonb_array_elements(p_asked) e (r)
            where (select true from @schema@.attempt a where a.step_key = r->>0) is not null
                or (select true from @schema@.suppression s where s.debtor = r->>1 limit 1) is not null
                or (select true from @schema@.ledger_revocation v where v.debtor = r->>1 limit 1) is not null
                or (select true from @schema@.ledger_hold h
                    where h.debtor = r->>1 and h.released_at is null limit 1) is not null
                or (select true from @schema@.ledger_payment p
                    where p.debtor = r->>1 and p.at > p_facts limit 1) is not null
                or (select true from @schema@.deferred f where f.debtor = r->>1 limit 1) is not null
                or (select count(*) from @schema@.contact c where c.debtor = r->>1 and c.at >= p_since)
                    + (select count(*) from @schema@.attempt a where a.debtor = r->>1 and a.at >= p_since
                        and a.state in ('attempting', 'accepted', 'unknown')) > (r->>2)::bigint)
    then
        raise exception 'not all of them are plain' using errcode = 'LS001';
    end if;
end $$;
