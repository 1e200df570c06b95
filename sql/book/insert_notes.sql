-- What officers said of cases.
-- $1 case_note[]
insert into case_note
select * from unnest($1::case_note[])
