-- One-time codes: challenges, failure budgets, admission buckets, and one function a verb.
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

-- Lock one bucket; one that was missing is made, and stands at ends_day 0 until it is written.
create function @schema@.lock_bucket(p_id text) returns @schema@.bucket
language plpgsql volatile security invoker as $$
declare
    v_row @schema@.bucket;
begin
    loop
        select * into v_row from @schema@.bucket where id = p_id for update;
        exit when found;
        insert into @schema@.bucket (id) values (p_id) on conflict do nothing returning * into v_row;
        exit when found;
    end loop;
    return v_row;
end $$;

-- admission.added, written to the row: uses noted at p_now, negative p_sent takes back. p_extend: it ends later now.
create function @schema@.note(
    p_row @schema@.bucket, p_slot bigint, p_keeps bigint, p_now bigint, p_sent integer, p_verified integer,
    p_extend boolean)
returns void
language plpgsql volatile security invoker as $$
declare
    v_at bigint := case when p_slot = 0 then p_now else (p_now + p_slot - 1) / p_slot * p_slot end;
    v_times bigint[] := p_row.used_at;
    v_sent integer[] := p_row.sent;
    v_verified integer[] := p_row.verified;
    v_many integer := cardinality(v_times);
    v_first integer := 1;
    v_place integer;
    v_ends bigint := p_row.ends_at;
    v_day integer := p_row.ends_day;
begin
    while v_first <= v_many and v_times[v_first] <= p_now - p_keeps loop
        v_first := v_first + 1;
    end loop;
    if v_first > 1 then
        v_times := v_times[v_first:];
        v_sent := v_sent[v_first:];
        v_verified := v_verified[v_first:];
        v_many := v_many - v_first + 1;
    end if;
    v_place := v_many;
    while v_place >= 1 and v_times[v_place] > v_at loop
        v_place := v_place - 1;
    end loop;
    if v_place >= 1 and v_times[v_place] = v_at then
        v_sent[v_place] := greatest(v_sent[v_place] + p_sent, 0);
        v_verified[v_place] := v_verified[v_place] + p_verified;
        if v_sent[v_place] = 0 and v_verified[v_place] = 0 then
            v_times := v_times[:v_place - 1] || v_times[v_place + 1:];
            v_sent := v_sent[:v_place - 1] || v_sent[v_place + 1:];
            v_verified := v_verified[:v_place - 1] || v_verified[v_place + 1:];
        end if;
    elsif p_sent > 0 or p_verified > 0 then
        v_times := v_times[:v_place] || v_at || v_times[v_place + 1:];
        v_sent := v_sent[:v_place] || greatest(p_sent, 0) || v_sent[v_place + 1:];
        v_verified := v_verified[:v_place] || p_verified || v_verified[v_place + 1:];
    end if;
    if p_extend then
        v_ends := greatest(v_ends, p_now + p_slot + p_keeps);
        v_day := v_ends / 86400000000 + 1;
    end if;
    update @schema@.bucket
    set used_at = v_times, sent = v_sent, verified = v_verified, ends_at = v_ends, ends_day = v_day
    where id = p_row.id;
end $$;

-- admission.decide and added over all buckets or none. Buckets come rising by id, r_full and r_shadow_of are places
-- in p_ids; p_limit_of, p_counts, p_windows are the limits of all buckets one after another.
create function @schema@.admit(
    p_ids text[], p_ranks integer[], p_slots bigint[], p_keeps bigint[], p_percents integer[], p_shadows boolean[],
    p_limit_of integer[], p_counts bigint[], p_windows bigint[], p_now bigint,
    out r_at bigint, out r_full integer, out r_until bigint,
    out r_shadow_of integer[], out r_unverified bigint[], out r_allowed bigint[])
language plpgsql volatile security invoker as $$
declare
    v_rows @schema@.bucket[];
    v_row @schema@.bucket;
    v_limit integer := 1;
    v_allowed bigint;
    v_sum bigint;
    v_proved bigint;
    v_since bigint;
    v_place integer;
    v_free bigint;
    v_all bigint;
    v_cast boolean;
begin
    for i in 1 .. cardinality(p_ids) loop
        v_rows[i] := @schema@.lock_bucket(p_ids[i]);
    end loop;
    r_at := @schema@.at(p_now);
    for i in 1 .. cardinality(p_ids) loop
        v_row := v_rows[i];
        v_free := null;
        v_cast := false;
        -- A long log is summed at once: below its count no limit can be full, whatever was verified.
        v_all := case when cardinality(v_row.sent) > 24 then (select sum(one) from unnest(v_row.sent) one) end;
        while p_limit_of[v_limit] = i loop
            if v_all < p_counts[v_limit] then
                v_limit := v_limit + 1;
                continue;
            end if;
            v_since := r_at - p_windows[v_limit];
            v_allowed := p_counts[v_limit];
            if p_percents[i] is not null then
                v_proved := 0;
                v_place := cardinality(v_row.used_at);
                while v_place >= 1 and v_row.used_at[v_place] > v_since loop
                    v_proved := v_proved + v_row.verified[v_place];
                    v_place := v_place - 1;
                end loop;
                v_allowed := v_proved + greatest(v_allowed, v_proved * p_percents[i] / 100);
            end if;
            -- From the newest back: with the use that makes the sum reach what is allowed, room comes.
            v_sum := 0;
            v_place := cardinality(v_row.used_at);
            while v_place >= 1 and v_row.used_at[v_place] > v_since loop
                v_sum := v_sum + v_row.sent[v_place];
                if v_sum >= v_allowed then
                    v_free := greatest(v_free, v_row.used_at[v_place] + p_windows[v_limit]);
                    exit;
                end if;
                v_place := v_place - 1;
            end loop;
            if v_sum >= v_allowed and p_shadows[i] and not v_cast then
                v_cast := true;
                v_sum := 0;
                v_place := cardinality(v_row.used_at);
                while v_place >= 1 and v_row.used_at[v_place] > v_since loop
                    v_sum := v_sum + v_row.sent[v_place];
                    v_place := v_place - 1;
                end loop;
                r_shadow_of := r_shadow_of || i;
                r_unverified := r_unverified || v_sum - v_proved;
                r_allowed := r_allowed || v_allowed - v_proved;
            end if;
            v_limit := v_limit + 1;
        end loop;
        if v_free is not null and not p_shadows[i]
            and (r_until is null or v_free > r_until or (v_free = r_until and p_ranks[i] < p_ranks[r_full]))
        then
            r_until := v_free;
            r_full := i;
        end if;
    end loop;
    if r_full is not null then
        delete from @schema@.bucket where id = any (p_ids) and ends_day = 0;
        return;
    end if;
    for i in 1 .. cardinality(p_ids) loop
        perform @schema@.note(v_rows[i], p_slots[i], p_keeps[i], r_at, 1, 0, true);
    end loop;
end $$;

-- Budget.issued: the newest challenge of a line.
create function @schema@.issue(
    p_rows @schema@.budget[], p_line text, p_id text, p_until bigint, p_now bigint, p_ends bigint)
returns void
language plpgsql volatile security invoker as $$
declare
    v_row @schema@.budget;
    v_before bigint;
begin
    foreach v_row in array p_rows loop
        v_before := v_row.newest_until[array_position(v_row.newest_line, p_line)];
        if v_row.newest_line = '{}' or v_row.newest_line = array[p_line] then
            v_row.newest_line := array[p_line];
            v_row.newest_id := array[p_id];
            v_row.newest_until := array[greatest(p_until, v_before)];
        else
            select coalesce(array_agg(n.line), '{}') || p_line,
                coalesce(array_agg(n.id), '{}') || p_id,
                coalesce(array_agg(n.until), '{}') || greatest(p_until, v_before)
            into v_row.newest_line, v_row.newest_id, v_row.newest_until
            from unnest(v_row.newest_line, v_row.newest_id, v_row.newest_until) n (line, id, until)
            where n.line <> p_line and n.until > p_now;
        end if;
        v_row.ends_at := greatest(v_row.ends_at, p_ends);
        update @schema@.budget
        set newest_line = v_row.newest_line, newest_id = v_row.newest_id, newest_until = v_row.newest_until,
            ends_at = v_row.ends_at, ends_day = v_row.ends_at / 86400000000 + 1
        where id = v_row.id;
    end loop;
end $$;

-- open_challenge: exists, locked, no_room or sent. An id that another transaction opens at this very moment on other
-- budgets ends in unique_violation: nothing is changed, and it is told as exists.
create function @schema@.open_challenge(
    p_id text, p_budgets text[], p_tag bytea, p_sealed bytea, p_lives bigint, p_device text, p_line text,
    p_guards text, p_guard_ids text[], p_guard_slots bigint[], p_guard_keeps bigint[], p_taken integer,
    p_ids text[], p_ranks integer[], p_slots bigint[], p_keeps bigint[], p_percents integer[], p_shadows boolean[],
    p_limit_of integer[], p_counts bigint[], p_windows bigint[], p_limits bigint[], p_now bigint,
    out r_kind text, out r_at bigint, out r_until bigint, out r_send integer, out r_full integer,
    out r_shadow_of integer[], out r_unverified bigint[], out r_allowed bigint[])
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
    v_rows @schema@.budget[];
begin
    v_rows := @schema@.lock_budgets(p_budgets);
    r_at := @schema@.at(p_now);
    if exists (select from @schema@.challenge where id = p_id) then
        r_kind := 'exists';
    else
        r_until := @schema@.locked(v_rows, p_limits, r_at, p_device, p_device <> '');
        if r_until is not null then
            r_kind := 'locked';
        else
            select * into r_at, r_full, r_until, r_shadow_of, r_unverified, r_allowed
            from @schema@.admit(p_ids, p_ranks, p_slots, p_keeps, p_percents, p_shadows,
                p_limit_of, p_counts, p_windows, p_now);
            r_kind := case when r_full is null then 'sent' else 'no_room' end;
        end if;
    end if;
    if r_kind <> 'sent' then
        delete from @schema@.budget where id = any (p_budgets) and ends_day = 0;
        return;
    end if;
    r_until := r_at + p_lives;
    r_send := 1;
    insert into @schema@.challenge values (
        p_id, p_budgets, p_tag, p_sealed, r_at, r_until, p_device, p_line,
        p_guards, p_guard_ids, p_guard_slots, p_guard_keeps,
        'open', 1, r_at, p_taken, 0, '', 0, false);
    perform @schema@.issue(v_rows, p_line, p_id, r_until, r_at, r_at + greatest(86400000000, p_limits[7]));
end $$;

-- resend_challenge: unknown, locked, used, superseded, expired, ending, no_room or sent.
create function @schema@.resend_challenge(
    p_id text, p_left bigint, p_taken boolean,
    p_ids text[], p_ranks integer[], p_slots bigint[], p_keeps bigint[], p_percents integer[], p_shadows boolean[],
    p_limit_of integer[], p_counts bigint[], p_windows bigint[], p_limits bigint[], p_now bigint,
    out r_kind text, out r_at bigint, out r_until bigint, out r_send integer, out r_full integer,
    out r_shadow_of integer[], out r_unverified bigint[], out r_allowed bigint[])
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
    v_budgets text[];
    v_device text;
    v_line text;
    v_issued_at bigint;
    v_expires_at bigint;
    v_rows @schema@.budget[];
begin
    select budgets, device, line, issued_at, expires_at
    into v_budgets, v_device, v_line, v_issued_at, v_expires_at
    from @schema@.challenge where id = p_id;
    if not found then
        r_kind := 'unknown';
        return;
    end if;
    v_rows := @schema@.lock_budgets(v_budgets);
    -- Only while it is open: a used one may be held by a host's transaction, and nobody shall wait for that.
    select sends + 1 into r_send from @schema@.challenge where id = p_id and state = 'open' for update;
    r_at := @schema@.at(p_now);
    r_until := @schema@.locked(v_rows, p_limits, r_at, v_device, v_device <> '');
    r_kind := case
        when r_until is not null then 'locked'
        when r_send is null then 'used'
        when @schema@.superseded(v_rows, v_line, p_id) then 'superseded'
        when r_at < v_issued_at or r_at >= v_expires_at then 'expired'
        when v_expires_at - r_at < p_left then 'ending'
        else 'sent' end;
    if r_kind = 'sent' then
        select * into r_at, r_full, r_until, r_shadow_of, r_unverified, r_allowed
        from @schema@.admit(p_ids, p_ranks, p_slots, p_keeps, p_percents, p_shadows,
            p_limit_of, p_counts, p_windows, p_now);
        if r_full is null then
            update @schema@.challenge
            set sends = r_send, sent_at = r_at, taken = case when p_taken then r_send else taken end
            where id = p_id;
            r_until := v_expires_at;
        else
            r_kind := 'no_room';
        end if;
    end if;
    delete from @schema@.budget where id = any (v_budgets) and ends_day = 0;
end $$;

-- refund_send: the last send is given back, once; a first one voids its challenge, and what that superseded stays
-- superseded. Who uses it up or sends it again asks its row as this does, so the budgets need no lock. p_ids rising.
create function @schema@.refund_send(
    p_id text, p_send integer, p_ids text[], p_slots bigint[], p_keeps bigint[])
returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
    v_sent_at bigint;
    v_bucket @schema@.bucket;
begin
    update @schema@.challenge
    set refunded = p_send, state = case when p_send = 1 and state = 'open' then 'void' else state end
    where id = p_id and refunded < p_send and sends = p_send
    returning sent_at into v_sent_at;
    if not found then
        return false;
    end if;
    for i in 1 .. cardinality(p_ids) loop
        select * into v_bucket from @schema@.bucket where id = p_ids[i] for update;
        if found then
            perform @schema@.note(v_bucket, p_slots[i], p_keeps[i], v_sent_at, -1, 0, false);
        end if;
    end loop;
    return true;
end $$;

-- check_code: unknown, locked, superseded, expired, wrong or accepted.
create function @schema@.check_code(
    p_id text, p_tag bytea, p_device text, p_grant bytea, p_grant_lives bigint, p_limits bigint[], p_now bigint,
    out r_kind text, out r_at bigint, out r_until bigint)
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
    v_budgets text[];
    v_right boolean;
    v_device text;
    v_line text;
    v_issued_at bigint;
    v_expires_at bigint;
    v_guard_ids text[];
    v_guard_slots bigint[];
    v_guard_keeps bigint[];
    v_rows @schema@.budget[];
    v_row @schema@.budget;
    v_closed boolean;
    v_ends bigint;
    v_place integer;
    v_bucket @schema@.bucket;
begin
    -- What never changes may be read before the locks.
    select budgets, tag = p_tag, device, line, issued_at, expires_at, guard_ids, guard_slots, guard_keeps
    into v_budgets, v_right, v_device, v_line, v_issued_at, v_expires_at,
        v_guard_ids, v_guard_slots, v_guard_keeps
    from @schema@.challenge where id = p_id;
    if not found then
        r_kind := 'unknown';
        r_at := @schema@.at(p_now);
        return;
    end if;
    v_rows := @schema@.lock_budgets(v_budgets);
    r_at := @schema@.at(p_now);
    r_until := @schema@.locked(v_rows, p_limits, r_at, p_device, p_device <> '' and p_device = v_device);
    if r_until is not null then
        r_kind := 'locked';
    elsif exists (select from @schema@.challenge where id = p_id and state <> 'open')
        or @schema@.superseded(v_rows, v_line, p_id)
    then
        r_kind := 'superseded';
    elsif r_at < v_issued_at or r_at >= v_expires_at then
        r_kind := 'expired';
    elsif v_right then
        -- A refund, and where there is no budget another check, may have come between: its row decides.
        update @schema@.challenge
        set state = 'used', grant_tag = p_grant, grant_expires_at = r_at + p_grant_lives
        where id = p_id and state = 'open';
        r_kind := case when found then 'accepted' else 'superseded' end;
    else
        r_kind := 'wrong';
    end if;
    if r_kind not in ('accepted', 'wrong') then
        delete from @schema@.budget where id = any (v_budgets) and ends_day = 0;
        return;
    end if;
    v_ends := r_at + greatest(86400000000, p_limits[7]);
    foreach v_row in array v_rows loop
        v_row.ends_at := greatest(v_row.ends_at, v_ends);
        if r_kind = 'wrong' then
            -- In order of time: after a clock stepped back the cut must not lose one that still counts.
            v_place := cardinality(v_row.failed_at);
            while v_place >= 1 and (v_row.failed_at[v_place] > r_at
                or (v_row.failed_at[v_place] = r_at and v_row.failed_by[v_place] > p_device collate "C"))
            loop
                v_place := v_place - 1;
            end loop;
            v_row.failed_at := v_row.failed_at[:v_place] || r_at || v_row.failed_at[v_place + 1:];
            v_row.failed_by := v_row.failed_by[:v_place] || p_device || v_row.failed_by[v_place + 1:];
            v_place := greatest(cardinality(v_row.failed_at) - p_limits[3] + 1, 1);
            update @schema@.budget
            set failed_at = v_row.failed_at[v_place:], failed_by = v_row.failed_by[v_place:],
                ends_at = v_row.ends_at, ends_day = v_row.ends_at / 86400000000 + 1
            where id = v_row.id;
        else
            if p_device = '' then
                null;
            elsif v_row.known_by = '{}' or v_row.known_by = array[p_device] then
                v_row.known_by := array[p_device];
                v_row.known_at := array[r_at];
            else
                select array_agg(k.device order by k.at, k.device), array_agg(k.at order by k.at, k.device)
                into v_row.known_by, v_row.known_at
                from (
                    select one.device, one.at
                    from unnest(v_row.known_by, v_row.known_at) one (device, at)
                    where one.device <> p_device and one.at > r_at - p_limits[7]
                    union all
                    select p_device collate "C", r_at
                    order by 2 desc, 1 desc
                    limit p_limits[6]
                ) k;
            end if;
            update @schema@.budget
            set cleared = r_at, known_by = v_row.known_by, known_at = v_row.known_at,
                ends_at = v_row.ends_at, ends_day = v_row.ends_at / 86400000000 + 1
            where id = v_row.id;
        end if;
    end loop;
    if r_kind = 'accepted' then
        for i in 1 .. cardinality(v_guard_ids) loop
            v_bucket := @schema@.lock_bucket(v_guard_ids[i]);
            perform @schema@.note(v_bucket, v_guard_slots[i], v_guard_keeps[i], r_at, 0, 1, true);
        end loop;
    end if;
end $$;

-- forget_codes: delete up to p_most of each kind that no rule needs any more, and wait for nobody.
create function @schema@.forget_codes(p_most integer, p_now bigint) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
    v_at bigint := @schema@.at(p_now);
    v_day integer := v_at / 86400000000 + 1;
    v_some bigint;
    v_gone bigint;
begin
    delete from @schema@.challenge where id in (
        select id from @schema@.challenge
        where expires_at <= v_at - 86400000000 and grant_expires_at <= v_at - 86400000000
        limit p_most for update skip locked);
    get diagnostics v_gone = row_count;
    delete from @schema@.budget where id in (
        select id from @schema@.budget where ends_day <= v_day and ends_at <= v_at
        limit p_most for update skip locked);
    get diagnostics v_some = row_count;
    v_gone := v_gone + v_some;
    delete from @schema@.bucket where id in (
        select id from @schema@.bucket where ends_day <= v_day and ends_at <= v_at
        limit p_most for update skip locked);
    get diagnostics v_some = row_count;
    return v_gone + v_some;
end $$;
