-- Signatures on cash payments that came afterwards. Two on one payment collide, and the second is told.
-- $1 cash_signature[]
insert into cash_signature
select * from unnest($1::cash_signature[])
