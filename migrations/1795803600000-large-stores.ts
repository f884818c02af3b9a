/*
 * What keeps lists and metrics quick when there are a million findings: how many there are of each kind, kept up to date by
 * the database with every statement that moves some; what finds those of an address, a kind or an owner; and what the lists
 * of runs and reports say of each, without reading tens of megabytes of snapshot, or every step of every finding. What a
 * run's verdict was given on has served once its report is made.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table finding_count (
  state    text not null,
  severity text not null,
  kind     text not null,
  owner    text not null,
  findings integer not null,
  constraint finding_count_pk primary key (state, severity, kind, owner)
);
insert into finding_count (state, severity, kind, owner, findings)
select state, severity, kind, coalesce(owner, ''), count(*) from finding group by 1, 2, 3, 4;

create function count_findings() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into finding_count as known (state, severity, kind, owner, findings)
    select state, severity, kind, coalesce(owner, ''), count(*) from now_rows group by 1, 2, 3, 4
    on conflict on constraint finding_count_pk do update set findings = known.findings + excluded.findings;
  elsif tg_op = 'UPDATE' then
    insert into finding_count as known (state, severity, kind, owner, findings)
    select state, severity, kind, coalesce(owner, ''), sum(one) from (
      select state, severity, kind, owner, 1 as one from now_rows
      union all select state, severity, kind, owner, -1 from former_rows
    ) as moved group by 1, 2, 3, 4 having sum(one) <> 0
    on conflict on constraint finding_count_pk do update set findings = known.findings + excluded.findings;
  else
    update finding_count as known set findings = known.findings - gone.findings
    from (select state, severity, kind, coalesce(owner, '') as owner, count(*) as findings from former_rows group by 1, 2, 3, 4) as gone
    where (known.state, known.severity, known.kind, known.owner) = (gone.state, gone.severity, gone.kind, gone.owner);
  end if;
  delete from finding_count where findings = 0;
  return null;
end $$;
create trigger finding_count_insert after insert on finding referencing new table as now_rows
  for each statement execute function count_findings();
create trigger finding_count_update after update on finding referencing old table as former_rows new table as now_rows
  for each statement execute function count_findings();
create trigger finding_count_delete after delete on finding referencing old table as former_rows
  for each statement execute function count_findings();

create index finding_address_ix on finding (address, port);
create index finding_kind_ix on finding (kind, state, severity);
create index finding_owner_ix on finding (owner, state, severity);
create index finding_due_ix on finding (severity, opened_at) where state in ('open', 'acknowledged');
create index port_interval_from_ix on port_interval (from_at);
update run set judged = null where state = 'finished' and judged is not null;

alter table report
  add column findings integer not null default 0,
  add column fresh integer not null default 0,
  add column resolved integer not null default 0,
  add column hosts integer not null default 0;
update report set (findings, fresh, resolved, hosts) = (
  select coalesce(jsonb_array_length(it -> 'findings'), 0), jsonb_array_length(jsonb_path_query_array(it, '$.findings[*] ? (@.isNew == true)')),
    coalesce(jsonb_array_length(it -> 'resolved'), 0), coalesce(jsonb_array_length(it -> 'hosts'), 0)
  from (select snapshot::jsonb as it) as one);
`;

const DOWN = `
alter table report drop column findings, drop column fresh, drop column resolved, drop column hosts;
drop index port_interval_from_ix;
drop index finding_due_ix;
drop index finding_owner_ix;
drop index finding_kind_ix;
drop index finding_address_ix;
drop trigger finding_count_delete on finding;
drop trigger finding_count_update on finding;
drop trigger finding_count_insert on finding;
drop function count_findings;
drop table finding_count;
`;

export class LargeStores1795803600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
