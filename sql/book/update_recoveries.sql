-- Recoveries locked before, as they are now. What was imposed stays.
-- $1 recovery[]
update recovery
set state = new.state, repaid_principal = new.repaid_principal, repaid_fine = new.repaid_fine, to_fund = new.to_fund,
    overpaid = new.overpaid, refunded = new.refunded, written_off_principal = new.written_off_principal, written_off_fine = new.written_off_fine,
    version = new.version
from unnest($1::recovery[]) as new
where recovery.id = new.id and recovery.city = new.city
