-- Roles and logins, made once by a database administrator; may run again. Afterwards nobody else needs to make roles.
--   psql -X -d jiujinan -f deploy/postgres/roles.sql     then \password for each login; pg_hba.conf says from where they may come
-- The group roles are those of sql/db/bootstrap.sql; the grants on tables come with the migrations.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['jiujinan_owner', 'jiujinan_migrator', 'jiujinan_book', 'jiujinan_api'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    end loop;
    foreach wanted in array array['jiujinan_login_owner', 'jiujinan_login_migrator', 'jiujinan_login_book', 'jiujinan_login_api'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I login', wanted);
        end if;
    end loop;
    -- The owner makes the schema `jiujinan`, and nothing outside of it.
    execute format('grant create on database %I to jiujinan_owner', current_database());
end
$$;

grant jiujinan_owner to jiujinan_migrator;
grant jiujinan_owner to jiujinan_login_owner;        -- imports by hand
grant jiujinan_migrator to jiujinan_login_migrator;  -- JIUJINAN_DATABASE_URL of `jiujinan migrate`
grant jiujinan_book to jiujinan_login_book;          -- JIUJINAN_BOOK_URL
grant jiujinan_api to jiujinan_login_api;            -- JIUJINAN_API_URL
