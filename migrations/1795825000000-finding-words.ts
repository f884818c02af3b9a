/*
 * The words of each finding in one column, for searches: to put them together anew for each of a hundred thousand findings was most of
 * what one took. A trigger keeps them, whoever writes, also where others are switched off.
 *
 * What is there gets its words by one rewriting of the table, which leaves no dead rows behind.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const words = (row: string): string => `lower(
  ${row}kind || ' ' || ${row}host
  || coalesce(' ' || case when position(':' in ${row}address) > 0 then '[' || ${row}address || ']' else ${row}address end, '')
  || coalesce(':' || ${row}port, '') || coalesce(' ' || ${row}service, '') || coalesce(' ' || ${row}owner, '')
  || coalesce(' ' || ${row}declared, '') || coalesce(' ' || ${row}observed, '') || ' ' || ${row}evidence
)`;

const UP = `
alter table finding add column words text;
alter table finding alter column words type text using (${words('')});
alter table finding alter column words set not null;

create function put_words_of_finding() returns trigger language plpgsql as $$
begin
  new.words = ${words('new.')};
  return new;
end $$;
create trigger finding_words
  before insert or update of kind, host, address, port, service, owner, declared, observed, evidence on finding
  for each row execute function put_words_of_finding();
alter table finding enable always trigger finding_words;
`;

const DOWN = `
drop trigger finding_words on finding;
drop function put_words_of_finding;
alter table finding drop column words;
`;

export class FindingWords1795825000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
