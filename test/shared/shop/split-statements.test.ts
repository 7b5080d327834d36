import { expect, test } from 'vitest';
import { splitStatements } from '../../../shared/shop/split-statements.ts';

test('splitStatements() splits at semicolons between statements alone', () => {
  const script = `-- first; of two
    select 'a;b', "c;d", E'it\\'s; on';
    /* no; thing */ ;
    create function f() returns void language plpgsql as $body$
    begin perform $$x;y$$; end $body$;;
    select ';'''`;
  expect(splitStatements(script)).toEqual([
    `-- first; of two\n    select 'a;b', "c;d", E'it\\'s; on'`,
    `create function f() returns void language plpgsql as $body$
    begin perform $$x;y$$; end $body$`,
    `select ';'''`,
  ]);
});

test('splitStatements() of nothing, or of comments alone, is nothing', () => {
  expect(splitStatements('')).toEqual([]);
  expect(splitStatements('-- later;\n/* also; later */ ;\n')).toEqual([]);
});
