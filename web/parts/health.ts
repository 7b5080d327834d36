import type { JobHealth } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { jobTrouble } from '../freshness.ts';
import { jobName } from '../job-name.ts';
import { element, part, setAttribute, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import type { Part } from './view.ts';

const none = '–';

interface HealthFigure {
  readonly text: string;
  /** Worth a look: something was set aside or came too late. */
  readonly notable?: boolean;
}

/** One row per job: speed, lag, watermark, latency, and what was counted aside. */
export function healthPart(): Part {
  const root = part('health');
  const columns = [...root.querySelectorAll('thead th')].slice(1).map((head) => head.textContent);
  let format: Formats;
  let nowMs = 0;

  const drawJobs = keyedList<JobHealth, HTMLTableRowElement>(slot(root, 'rows'), {
    key: ({ job }) => job,
    create() {
      const row = element('tr');
      const name = element('th');
      name.scope = 'row';
      row.append(name);
      for (const column of columns) {
        // On a narrow screen the row becomes a card, and each figure carries its own heading.
        const cell = row.appendChild(element('td', 'number'));
        cell.dataset['column'] = column;
      }
      return row;
    },
    update(row, job) {
      const [name] = row.children;
      const { status = 'running', reason = '' } = job;
      const isRunning = status === 'running';
      if (name) {
        setText(name, isRunning ? jobName(job.job) : `${jobName(job.job)} (${status})`);
        setAttribute(name, 'data-notable', String(!isRunning || reason !== ''));
        setAttribute(name, 'title', reason);
      }
      row.classList.toggle('troubled', jobTrouble(job, nowMs, format) !== undefined);
      jobFigures(job, nowMs, format).forEach(({ text, notable = false }, index) => {
        const cell = row.children[index + 1];
        if (cell === undefined) return;
        setText(cell, text);
        setAttribute(cell, 'data-notable', String(notable));
        cell.classList.toggle('none', text === none || text === '0');
      });
    },
  });

  return ({ document, serverNowMs, format: given }) => {
    format = given;
    nowMs = serverNowMs;
    slot(root, 'empty').hidden = document.health.length > 0;
    const fastest = Math.max(0, ...document.health.map((job) => job.eventsPerSecond ?? 0));
    setText(slot(root, 'aside'), fastest > 0 ? `${format.rate(fastest)} events/s` : '');
    const isTroubled = (job: JobHealth) => jobTrouble(job, serverNowMs, format) !== undefined;
    const jobs = document.health.toSorted(byKind);
    drawJobs([...jobs.filter(isTroubled), ...jobs.filter((job) => !isTroubled(job))]);
  };
}

/** Jobs that read streams first, as the data flows; then by name. */
function byKind(a: JobHealth, b: JobHealth): number {
  const reads = (job: JobHealth) => (job.counts === undefined ? 1 : 0);
  return reads(a) - reads(b) || a.job.localeCompare(b.job);
}

/** In the order of the table's columns; a dash where a job has no such figure. */
function jobFigures(job: JobHealth, nowMs: number, format: Formats): HealthFigure[] {
  const { counts, latencyMs, watermarkMs } = job;
  const lagMs = Math.max(-1, ...(job.shards ?? []).map((shard) => shard.lagMs ?? -1));
  const behindMs = watermarkMs == null ? undefined : Math.max(0, nowMs - watermarkMs);
  const count = (value: number | undefined): HealthFigure =>
    value === undefined ? { text: none } : { text: format.count(value) };
  const aside = (value: number | undefined): HealthFigure => ({
    ...count(value),
    notable: (value ?? 0) > 0,
  });
  return [
    job.eventsPerSecond === undefined ? { text: none } : { text: format.rate(job.eventsPerSecond) },
    lagMs < 0 ? { text: none } : { text: format.duration(lagMs) },
    behindMs === undefined ? { text: none } : { text: `−${format.duration(behindMs)}` },
    latencyMs === null ? { text: none } : { text: format.duration(latencyMs.p50) },
    latencyMs === null ? { text: none } : { text: format.duration(latencyMs.p99) },
    count(counts?.counted),
    count(counts?.duplicate),
    aside(counts?.late),
    aside(counts?.future),
    aside(counts?.quarantined),
    { text: ago(nowMs - job.updatedAtMs, format) },
  ];
}

function ago(ms: number, format: Formats): string {
  return ms < 3000 ? 'just now' : `${format.duration(ms)} ago`;
}
