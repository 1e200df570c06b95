-- Roles and the schema, before the first migration. May run again at any time, by several servers at once.
-- Roles belong to the whole cluster: another database of it may be making them at this moment.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['jiujinan_owner', 'jiujinan_migrator', 'jiujinan_book', 'jiujinan_api'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception
                when duplicate_object or unique_violation then null;
            end;
        end if;
    end loop;
    if not pg_has_role(current_user, 'jiujinan_owner', 'member') then
        raise exception 'user % is no member of jiujinan_owner', current_user
            using hint = 'grant jiujinan_owner to the user that migrates';
    end if;
    if not pg_has_role('jiujinan_migrator', 'jiujinan_owner', 'member') then
        begin
            grant jiujinan_owner to jiujinan_migrator;
        exception
            when unique_violation or duplicate_object or internal_error then null;
        end;
    end if;
    if to_regnamespace('jiujinan') is null then
        create schema jiujinan authorization jiujinan_owner;
    end if;
    grant usage on schema jiujinan to jiujinan_book, jiujinan_api;
end
$$
