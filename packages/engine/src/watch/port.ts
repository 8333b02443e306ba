/** What the state knows of the watch that it is for. Times are ms since the epoch. */
export interface WatchRecord {
  readonly directoryId: string;
  readonly recursive: boolean;
  /** Absolute, without a trailing slash (`/` for the root). */
  readonly path: string;
  readonly since: number;
  /** The cluster's clock when the watch first began; undefined until then. */
  readonly beganClusterMs: number | undefined;
  readonly baselineDoneAt: number | undefined;
}

/** Coverage record of one watch: epochs, the gaps between them, and what closed each. */
export interface CoverageStore {
  watch(): WatchRecord;
  setPath(path: string): void;
  setBegan(clusterMs: number): void;
  setBaselineDone(at: number): void;
  /** Starts an epoch; its number. */
  openEpoch(at: number): number;
  registered(epoch: number, at: number): void;
  ended(epoch: number, at: number, reason: string, events: number): void;
  /** The gap before this epoch was closed by `by`. */
  gapClosed(epoch: number, by: 'baseline' | 'walk', at: number): void;
}
