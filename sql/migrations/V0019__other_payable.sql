-- Money that came into a fund's account and belongs to nobody yet. The value is not used here: a new value of an enum cannot be used in
-- the transaction that adds it.
alter type account add value 'other_payable';
