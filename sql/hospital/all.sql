-- Everything that was agreed with hospitals, of all cities, for the servers' memory.
select city, code, version, name, division, effective_from, registration, consultation, examination, drugs, bed, deposits
from hospital
order by city, code, effective_from, version
