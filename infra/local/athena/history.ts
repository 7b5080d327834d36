import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AwsError } from '../service.ts';
import { type Execution, executionSchema } from './execution.ts';
import type { ResultFiles } from './result-file.ts';

/** What was run, newest first; results can be read again after a restart. */
export interface History {
  add(execution: Execution): void;
  change(id: string, change: Partial<Execution>): Execution;
  /** @throws AwsError InvalidRequestException for an unknown id */
  find(id: string): Execution;
  byToken(token: string): Execution | undefined;
  list(workgroup: string): readonly Execution[];
  files(id: string): ResultFiles;
}

const executionsMax = 500;

/** Opens the history; what was running when the last process ended has failed. */
export function openHistory(directory: string): History {
  mkdirSync(directory, { recursive: true });
  const executions = new Map<string, Execution>();
  const place = (id: string, extension: string): string =>
    path.join(directory, `${id}.${extension}`);

  function save(execution: Execution): void {
    executions.set(execution.id, execution);
    writeFileSync(place(execution.id, 'new'), JSON.stringify(execution));
    renameSync(place(execution.id, 'new'), place(execution.id, 'json'));
  }

  for (const execution of readAll(directory)) {
    if (!['QUEUED', 'RUNNING'].includes(execution.state)) {
      executions.set(execution.id, execution);
      continue;
    }
    const reason = 'The local cloud was stopped while this query ran';
    save({ ...execution, state: 'FAILED', reason, completedMs: execution.submittedMs });
  }

  function find(id: string): Execution {
    const execution = executions.get(id);
    if (execution) return execution;
    throw new AwsError('InvalidRequestException', `QueryExecution ${id} was not found`);
  }

  return {
    find,
    add(execution) {
      save(execution);
      for (const old of executions.values()) {
        if (executions.size <= executionsMax) break;
        executions.delete(old.id);
        for (const extension of ['json', 'rows', 'csv'])
          rmSync(place(old.id, extension), { force: true });
      }
    },
    change(id, change) {
      const changed = { ...find(id), ...change };
      save(changed);
      return changed;
    },
    byToken: (token) => [...executions.values()].find((execution) => execution.token === token),
    list: (workgroup) =>
      [...executions.values()].filter((execution) => execution.workgroup === workgroup).reverse(),
    files: (id) => ({ rows: place(id, 'rows'), csv: place(id, 'csv') }),
  };
}

function readAll(directory: string): Execution[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) =>
      executionSchema.parse(JSON.parse(readFileSync(path.join(directory, name), 'utf8'))),
    )
    .toSorted((a, b) => a.submittedMs - b.submittedMs);
}
