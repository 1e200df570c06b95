-- Answers under their keys, countersigns used, and the audit leaves.

create table answer (
    city text not null,
    key bytea not null,
    fingerprint bytea not null,
    status smallint not null,
    body bytea not null,
    at timestamptz not null,
    primary key (city, key)
);
comment on table answer is 'what was answered under an idempotency key: written once, in the transaction of what it tells, replayed for ever';

create table countersign_use (
    city text not null,
    token bytea not null,
    used_at timestamptz not null,
    primary key (city, token)
);
comment on table countersign_use is 'a countersign signs one request, once';

create table leaf (
    city text not null,
    id uuid not null,
    at timestamptz not null,
    bytes bytea not null,
    primary key (city, id)
);
comment on table leaf is 'audit leaves: the exact bytes that the log commits to';

create table pending_leaf (
    city text not null,
    id uuid not null,
    primary key (city, id)
);
comment on table pending_leaf is 'leaves that have no number in the log yet';
