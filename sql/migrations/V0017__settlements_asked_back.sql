-- What a fund paid of a settlement can be asked back, as what a case was paid can; and what a fund bears of a person in a year is found.

alter table recovery
    alter column case_id drop not null,
    add column settlement_id uuid,
    add constraint recovery_is_for_a_case_or_a_settlement check (num_nonnulls(case_id, settlement_id) = 1);
comment on table recovery is 'money to be paid back for a case or a settlement, by a decision in writing; that itself stays as it was decided';
comment on column recovery.settlement_id is 'the settlement of which its fund bore a part, instead of a case';
comment on column recovery.fund_id is 'the fund that paid';

-- Serves the recoveries of a settlement.
create index recovery_of_settlement on recovery (settlement_id) where settlement_id is not null;
-- Serves what funds bear of a person's bills in a year.
create index settlement_of_person on settlement (person, settled_on);
