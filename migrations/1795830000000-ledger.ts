/*
 * The ledger: a chain of hashes over what is recorded for good, checkpoints of it, and the key that signs them, encrypted. Neither
 * entries nor checkpoints change; whoever can switch a trigger off still breaks the chain.
 *
 * Runs and reports change until they are final. The moment in which they become so is noted by a trigger, in the same transaction, so
 * that none is missed however they are committed; the entry that records it takes the note away.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table ledger_entry (
  seq       bigint not null,
  at        timestamptz(3) not null,
  source    text not null,
  what      text not null,
  version   integer not null,
  first_id  bigint not null,
  last_id   bigint not null,
  count     integer not null,
  total     bigint not null,
  digest    text,
  about     jsonb not null,
  marks     bytea not null,
  previous  text not null,
  hash      text not null,
  constraint ledger_entry_pk primary key (seq),
  constraint ledger_entry_previous_uq unique (previous),
  constraint ledger_entry_range_uq unique (source, what, first_id),
  constraint ledger_entry_what_ck check (what in ('rows', 'let-go')),
  constraint ledger_entry_order_ck check (seq > 0 and first_id <= last_id)
);
create index ledger_entry_source_ix on ledger_entry (source, seq);

create table ledger_due (
  id      bigint generated always as identity,
  source  text not null,
  row_id  bigint not null,
  constraint ledger_due_pk primary key (id),
  constraint ledger_due_row_uq unique (source, row_id)
);

create table ledger_checkpoint (
  seq         bigint not null,
  at          timestamptz(3) not null,
  hash        text not null,
  key_id      text not null,
  public_key  text not null,
  signature   text not null,
  constraint ledger_checkpoint_pk primary key (seq)
);

create table ledger_key (
  id          text not null,
  public_key  text not null,
  cipher      bytea not null,
  key_id      text not null,
  made_at     timestamptz not null,
  constraint ledger_key_pk primary key (id)
);

create trigger ledger_entry_append_only before update or delete on ledger_entry
  for each row execute function refuse_change();
create trigger ledger_entry_kept before truncate on ledger_entry
  for each statement execute function refuse_change();
create trigger ledger_checkpoint_append_only before update or delete on ledger_checkpoint
  for each row execute function refuse_change();
create trigger ledger_checkpoint_kept before truncate on ledger_checkpoint
  for each statement execute function refuse_change();

create function note_ledger_due() returns trigger language plpgsql as $$
begin
  insert into ledger_due (source, row_id) select tg_argv[0], new.id
  where not exists (select from ledger_entry where source = tg_argv[0] and what = 'rows' and first_id = new.id)
  on conflict do nothing;
  return null;
end $$;
create trigger run_ledger_due after insert or update of state on run
  for each row when (new.state = 'finished') execute function note_ledger_due('run');
create trigger report_ledger_due after insert or update of printed_at on report
  for each row when (new.printed_at is not null) execute function note_ledger_due('print');

insert into ledger_due (source, row_id)
select source, id from (
  select 'run' as source, id, finished_at as at from run where state = 'finished'
  union all select 'print', id, printed_at from report where printed_at is not null
) as final order by at, id;
`;

const DOWN = `
drop trigger report_ledger_due on report;
drop trigger run_ledger_due on run;
drop function note_ledger_due;
drop table ledger_key, ledger_checkpoint, ledger_due, ledger_entry;
`;

export class Ledger1795830000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
