/** Where things happen on the demo's cluster; rules and writers name the same. */
export const PLACES = {
  /** What is finished here gets a retention lock. */
  records: '/records',
  /** Beside it, for what is moved in. */
  staging: '/staging',
  /** Where everybody drops what they like. */
  shares: '/shares',
  /** Below the shares; read-only once the rules say so. */
  finished: '/shares/finished',
  quarantine: '/quarantine',
  incoming: '/incoming',
} as const;
