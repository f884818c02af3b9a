/*
 * The words of findings that are not resolved, by themselves: what is searched most is a tenth of the findings, and their rows are ten
 * times as long as their words. A trigger keeps them, whoever writes, also where others are switched off; a new look at what is open
 * touches nothing here.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table finding_search (
  finding_id bigint not null,
  words text not null,
  constraint finding_search_pk primary key (finding_id),
  constraint finding_search_finding_fk foreign key (finding_id) references finding (id) on delete cascade
);
insert into finding_search (finding_id, words) select id, words from finding where state <> 'resolved';

create function keep_search_of_finding() returns trigger language plpgsql as $$
begin
  if new.state = 'resolved' then
    delete from finding_search where finding_id = new.id;
  else
    insert into finding_search (finding_id, words) values (new.id, new.words)
      on conflict (finding_id) do update set words = excluded.words where finding_search.words <> excluded.words;
  end if;
  return null;
end $$;
create trigger finding_search_insert after insert on finding
  for each row when (new.state <> 'resolved') execute function keep_search_of_finding();
create trigger finding_search_update after update on finding
  for each row when (new.words <> old.words or (new.state = 'resolved') <> (old.state = 'resolved'))
  execute function keep_search_of_finding();
alter table finding enable always trigger finding_search_insert;
alter table finding enable always trigger finding_search_update;
`;

const DOWN = `
drop trigger finding_search_update on finding;
drop trigger finding_search_insert on finding;
drop function keep_search_of_finding;
drop table finding_search;
`;

export class FindingSearch1795856000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
