import type { CoverageLog } from '../queue/port.ts';

const nothing = () => Promise.reject(new Error('who watches nothing has no coverage'));

/** Of a process that watches nothing. */
export const noCoverage: CoverageLog = {
  openEpoch: nothing,
  registered: nothing,
  ended: nothing,
  gapClosed: nothing,
  seenUntil: () => Promise.resolve(undefined),
  // oxlint-disable-next-line eslint/require-yield, eslint/no-empty-function -- there are none
  async *epochs() {},
};
