-- The verbs: one function each (loansms.otp.challenge); locks and clock as 001 says.

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
