-- The scope of the reads that follow in this transaction: row security compares divisions with it.
-- $1 scope text
select set_config('jiujinan.scope', $1, true)
