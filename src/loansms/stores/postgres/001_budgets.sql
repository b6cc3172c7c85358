-- One-time codes: tables, and the failure budgets; 002 holds admission, 003 one function a verb.
--
-- The rules are those of loansms.otp (challenge, budget, admission), question by question and number by number.
-- Times are whole microseconds since 1970-01-01T00:00Z. No column holds a code or a phone: ids are blind, tags are
-- keyed digests, "sealed" is encrypted.
--
-- The order of locks, the same in every verb, so that no two can wait for each other in a circle:
--   1. budget rows, rising by id      2. the one challenge row      3. bucket rows, rising by id
-- open_challenge inserts its challenge last: nobody else can hold a row that is not there yet, and whoever waits for
-- a twin of that id waits for one that waits for nothing any more. take_send and redeem_grant lock the challenge
-- alone. A missing budget or bucket row is made at its place in the order, one by one, never all of them first.
-- forget_codes waits for nobody (skip locked). A challenge leaves the state open only under the locks of its
-- budgets, so under them its state may be read without a lock of its own; a host's transaction that redeems a grant
-- (it holds that challenge) therefore stops no check and no resend.
--
-- Every function reads the clock after it holds its locks. Exact at READ COMMITTED: each statement of a volatile
-- function sees what was committed before it began, and FOR UPDATE returns the newest version of a row.
--
-- Every name is written with its schema, and the five verbs pin search_path besides (a pin costs some 20 us, so what
-- they call has none of its own). All run with the rights of the caller, and no value is ever read as SQL.

create table @schema@.challenge (
    id               text collate "C" primary key,
    budgets          text[] not null,
    tag              bytea not null,
    sealed           bytea not null,
    issued_at        bigint not null,
    expires_at       bigint not null,
    device           text collate "C" not null,
    line             text collate "C" not null,
    guards           text not null,      -- as the library reads them; below what the functions need of them
    guard_ids        text[] not null,    -- rising
    guard_slots      bigint[] not null,
    guard_keeps      bigint[] not null,
    state            text collate "C" not null check (state in ('open', 'used', 'void')),
    sends            integer not null,
    sent_at          bigint not null,
    taken            integer not null,
    refunded         integer not null,
    grant_tag        bytea not null,
    grant_expires_at bigint not null,
    redeemed         boolean not null
) with (fillfactor = 70);
create index challenge_expires on @schema@.challenge (expires_at);

-- ends_day is ends_at rounded up to days: an index on a value that rarely changes leaves updates cheap (HOT).
create table @schema@.budget (
    id           text collate "C" primary key,
    failed_at    bigint[] not null default '{}',
    failed_by    text[] collate "C" not null default '{}',
    cleared      bigint not null default 0,
    known_by     text[] collate "C" not null default '{}',
    known_at     bigint[] not null default '{}',
    newest_line  text[] collate "C" not null default '{}',
    newest_id    text[] collate "C" not null default '{}',
    newest_until bigint[] not null default '{}',
    ends_at      bigint not null default 0,
    ends_day     integer not null default 0
) with (fillfactor = 50);
create index budget_ends on @schema@.budget (ends_day);

create table @schema@.bucket (
    id       text collate "C" primary key,
    used_at  bigint[] not null default '{}',   -- rising
    sent     integer[] not null default '{}',
    verified integer[] not null default '{}',
    ends_at  bigint not null default 0,
    ends_day integer not null default 0
) with (fillfactor = 50);
create index bucket_ends on @schema@.bucket (ends_day);

-- The time that is given, else the server's clock.
create function @schema@.at(p_now bigint) returns bigint
language sql volatile security invoker as $$
    select coalesce(p_now, (extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint)
$$;

-- Lock the budgets `p_ids`, rising. One that was missing is made; it stands at ends_day 0 until it is written, and
-- whoever writes nothing takes it back. No ids give no rows, never null.
create function @schema@.lock_budgets(p_ids text[]) returns @schema@.budget[]
language plpgsql volatile security invoker as $$
declare
    v_id text;
    v_row @schema@.budget;
    v_rows @schema@.budget[] := '{}';
begin
    if cardinality(p_ids) > 1 then
        p_ids := array(select distinct one collate "C" from unnest(p_ids) one order by 1);
    end if;
    foreach v_id in array p_ids loop
        loop
            select * into v_row from @schema@.budget where id = v_id for update;
            exit when found;
            insert into @schema@.budget (id) values (v_id) on conflict do nothing returning * into v_row;
            exit when found;
        end loop;
        v_rows := v_rows || v_row;
    end loop;
    return v_rows;
end $$;

-- Budget.locked_until. p_limits: failures, window, ceiling, reserve, lane, known, known_for.
create function @schema@.locked_until(
    p_budget @schema@.budget, p_limits bigint[], p_now bigint, p_device text, p_own boolean)
returns bigint
language plpgsql immutable security invoker as $$
declare
    c_day constant bigint := 86400000000;
    v_at bigint;
    v_day bigint[] := '{}';
    v_recent bigint[] := '{}';
    v_mine bigint[] := '{}';
    v_known boolean;
    v_most bigint;
    v_day_free bigint := p_now;
    v_opens bigint := p_now;
begin
    for i in 1 .. cardinality(p_budget.failed_at) loop
        v_at := p_budget.failed_at[i];
        if v_at > p_now - c_day then
            v_day := v_day || v_at;
            if v_at > p_now - p_limits[2] and v_at > p_budget.cleared then
                v_recent := v_recent || v_at;
            end if;
            if p_budget.failed_by[i] = p_device then
                v_mine := v_mine || v_at;
            end if;
        end if;
    end loop;
    v_known := coalesce(
        p_budget.known_at[array_position(p_budget.known_by, p_device)] > p_now - p_limits[7], false);
    v_most := p_limits[3] - case when v_known then 0 else p_limits[4] end;
    if cardinality(v_day) >= v_most then
        v_day_free := v_day[cardinality(v_day) - v_most + 1] + c_day;
    end if;
    if cardinality(v_recent) >= p_limits[1] then
        v_opens := v_recent[cardinality(v_recent) - p_limits[1] + 1] + p_limits[2];
        if p_device <> '' and p_limits[5] > 0 and (v_known or p_own) then
            v_opens := least(v_opens, case
                when cardinality(v_mine) >= p_limits[5]
                then v_mine[cardinality(v_mine) - p_limits[5] + 1] + c_day
                else p_now end);
        end if;
    end if;
    v_opens := greatest(v_day_free, v_opens);
    return case when v_opens > p_now then v_opens end;
end $$;

-- The latest of locked_until over `p_rows`, null when all are open.
create function @schema@.locked(
    p_rows @schema@.budget[], p_limits bigint[], p_now bigint, p_device text, p_own boolean)
returns bigint
language plpgsql immutable security invoker as $$
declare
    v_row @schema@.budget;
    v_until bigint;
begin
    foreach v_row in array p_rows loop
        if cardinality(v_row.failed_at) > 0 then
            v_until := greatest(v_until, @schema@.locked_until(v_row, p_limits, p_now, p_device, p_own));
        end if;
    end loop;
    return v_until;
end $$;

-- Whether a newer challenge of the same line was opened.
create function @schema@.superseded(p_rows @schema@.budget[], p_line text, p_id text) returns boolean
language plpgsql immutable security invoker as $$
declare
    v_row @schema@.budget;
begin
    foreach v_row in array p_rows loop
        if v_row.newest_id[array_position(v_row.newest_line, p_line)] <> p_id then
            return true;
        end if;
    end loop;
    return false;
end $$;
