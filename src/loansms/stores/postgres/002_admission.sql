-- Admission: every bucket asked and charged in one act (loansms.otp.admission); locks and clock as 001 says.

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
