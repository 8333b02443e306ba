/** The cluster's clock as far as its answers have shown it. */
export interface ClusterClock {
  /** The latest moment it can be on the cluster now, ms since the epoch: never too early, at most about 1 s and a round trip late. For retention. */
  latestMs(): number;
  /** Best estimate of the cluster's time now, ms since the epoch. The local clock before the first answer. */
  nowMs(): number;
  /** Cluster minus local, ms; undefined before the first answer. */
  skewMs(): number | undefined;
}
