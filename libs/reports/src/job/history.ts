import type { TrainingJob } from '@athanor/contracts/training';
import { type Content, html } from '../html/markup.js';
import { table } from '../html/table.js';
import { userText } from '../html/user-text.js';
import { bytesText, countText } from '../text/numbers.js';
import { timeText } from '../text/times.js';

const MAX_ATTEMPTS = 50;

/** Attempts, and the files of the result. */
export function history({ attempts, result }: TrainingJob): Content {
  const rows = attempts
    .slice(-MAX_ATTEMPTS)
    .map(({ epoch, state, resumedFromStep, startTime, endTime, message }) => [
      countText(epoch),
      state.replace('STATE_', '').toLowerCase(),
      resumedFromStep === 0 ? 'the beginning' : `step ${countText(resumedFromStep)}`,
      timeText(startTime),
      timeText(endTime),
      message === '' ? '' : userText(message, 300),
    ]);
  const columns = ['attempt', 'state', 'from', 'started', 'ended', 'message'].map(title => ({ title }));
  const files = (result?.files ?? []).map(({ name, byteSize, digest }) => [
    userText(name),
    bytesText(byteSize),
    html`<code>${digest}</code>`,
  ]);
  const fileColumns = [{ title: 'file' }, { title: 'size', isNumber: true }, { title: 'digest' }];
  return [
    rows.length === 0 ? html`<p class="muted">There is no attempt.</p>` : table(columns, rows),
    files.length === 0 ? '' : [html`<h3>Files of the version</h3>`, table(fileColumns, files)],
  ];
}
